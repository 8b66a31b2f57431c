//! How long somebody waits for a sample of very many closed cases: the whole use case, as the dispatcher of a district has it.

use std::time::Instant;

use anyhow::ensure;
use fengqiao_api::app::App;
use fengqiao_domain::cases::{DrawSample, MOST_SAMPLED, SampleSize};
use fengqiao_domain::kernel::scope::PlatformScope;

use crate::land::told;

/// Draws as large a sample as there can be from all closed cases of a district, several times over: prints from how many, and the
/// milliseconds that each took, a line each.
pub(crate) async fn run(app: &App, district: &str, times: usize) -> anyhow::Result<()> {
    let platform = PlatformScope::for_command_line("measure");
    let identity = &app.services.identity;
    let token = identity.token_for(&platform, &format!("d{district}@{district}")).await.map_err(told)?;
    let scope = identity.authenticate(&token, "").await.map_err(told)?.scope;
    for number in 0..times {
        let command = DrawSample {
            name: format!("第{number}次抽查"),
            unit: None,
            category: None,
            programme: None,
            closed_from: None,
            closed_until: None,
            size: SampleSize::Cases(MOST_SAMPLED),
        };
        let begun = Instant::now();
        let sample = app.services.cases.draw_sample(&scope, command).await.map_err(told)?;
        let took = begun.elapsed().as_secs_f64() * 1e3;
        ensure!(sample.size == MOST_SAMPLED, "{} of {} were drawn", sample.size, sample.population);
        println!("RESULT {} {took:.0}", sample.population);
    }
    Ok(())
}
