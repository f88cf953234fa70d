using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>
/// Waits for what the dial gate does not answer at once, and no longer than <see cref="Limits.GateAnswer"/>. The simulator waits so too:
/// it goes on where it was called from.
/// </summary>
internal sealed class GateWait(TimeProvider clock, ILogger logger)
{
    /// <returns><see cref="GateAnswer.Silent"/> when none comes; whoever asked for a leg lets it leave the gate then.</returns>
    public async Task<GateAnswer> ForAsync(Task<GateAnswer> asked)
    {
        try
        {
            return await asked.WaitAsync(Limits.GateAnswer, clock);
        }
        catch (TimeoutException)
        {
            logger.GateSilent(Limits.GateAnswer.TotalSeconds);
        }
        catch (Exception failed)
        {
            logger.GateFailed(failed);
        }
        return GateAnswer.Silent;
    }
}
