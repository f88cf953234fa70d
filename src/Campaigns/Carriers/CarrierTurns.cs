using Ringwright.Core;

namespace Ringwright.Campaigns.Carriers;

/// <summary>
/// Whose turn it is in the log, so that a far end that says the same for ever does not fill the disk, nor one that says ever other things.
/// Safe from any thread.
/// </summary>
internal sealed class CarrierTurns(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LogTurns<(string Carrier, string Why)> _turns = new();

    /// <param name="times">How often it happened since the last line, with this time.</param>
    public bool TryTell(string carrier, string why, out long times)
    {
        lock (_gate)
            return _turns.TryTell((carrier, why), new(time.GetTimestamp() * (1_000_000_000 / time.TimestampFrequency)), out times);
    }
}
