using Microsoft.Extensions.Logging;
using Ringwright.Core;

namespace Ringwright.Store.Engines;

/// <summary>
/// Whether the database is still where it was opened. Who removes its file under a running node takes all of it along
/// when the process ends, and nothing fails until then: so it is looked at once a second. Not by those who ask: signalling is among them,
/// and a disk that hangs must not hold it up.
/// </summary>
internal sealed class Place : IDisposable
{
    private readonly IEngine _engine;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer = new(Wait);
    private volatile bool _isGone;

    public Place(IEngine engine, ILogger logger)
    {
        _engine = engine;
        _logger = logger;
        _ = LookAsync();
    }

    public bool IsGone => _isGone;

    private static TimeSpan Wait => SharedBeat.Wait(TimeSpan.FromSeconds(1), Environment.TickCount64, Environment.ProcessId);

    /// <summary>Does not wait for a look that hangs.</summary>
    public void Dispose() => _timer.Dispose();

    private async Task LookAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            try
            {
                _timer.Period = Wait;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            Look();
        }
    }

    private void Look()
    {
        bool isGone = !_engine.IsInPlace;
        if (isGone == _isGone) return;
        // Who is refused for it finds the reason in the log.
        if (isGone) _logger.DatabaseRemoved(_engine.Place, Environment.ProcessId);
        else _logger.DatabaseInPlace(_engine.Place);
        _isGone = isGone;
    }
}
