using Ringwright.Calls;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Tries the parts of the node again and again, as its customers use them, and keeps the results of an hour.
/// A try that fails is a result, never more.
/// </summary>
internal sealed class SelfTest : ISelfTest, IAsyncDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1), Patience = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly List<Row> _rows = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public SelfTest(TimeProvider clock, ILogger logger) => (_clock, _logger) = (clock, logger);

    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    public async ValueTask<IReadOnlyList<SelfTestResult>> ListAsync(CancellationToken stop)
    {
        // All of them, or a round is under way.
        if (Results() is var known && known.Count == _rows.Count) return known;
        await _turn.WaitAsync(stop);
        try
        {
            if (Results().Count < _rows.Count) await TryAsync(_stop.Token);
        }
        finally
        {
            _turn.Release();
        }

        return Results();
    }

    /// <summary>Before <see cref="Start"/>.</summary>
    /// <param name="attempt">True when it works; an exception is a failure too.</param>
    public void Add(string product, string name, Func<CancellationToken, ValueTask<bool>> attempt) =>
        _rows.Add(new(product, name, attempt));

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _turn.Dispose();
        _stop.Dispose();
    }

    private List<SelfTestResult> Results()
    {
        var oldest = _clock.GetUtcNow() - Kept;
        var results = new List<SelfTestResult>();
        foreach (var row in _rows)
            lock (row.Tries)
            {
                row.Tries.RemoveAll(t => t.At < oldest);
                if (row.Tries.Count > 0) results.Add(new(row.Product, row.Name, row.Tries.Average(t => t.IsGood ? 1.0 : 0.0)));
            }

        return results;
    }

    /// <summary>One round.</summary>
    private async Task TryAsync(CancellationToken stop)
    {
        foreach (var row in _rows)
        {
            bool isGood = false;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Patience);
            try
            {
                isGood = await row.Attempt(limit.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                _logger.SelfTestFailed(row.Name, failed);
            }

            lock (row.Tries) row.Tries.Add((_clock.GetUtcNow(), isGood));
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) await TryAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private sealed record Row(string Product, string Name, Func<CancellationToken, ValueTask<bool>> Attempt)
    {
        public List<(DateTimeOffset At, bool IsGood)> Tries { get; } = [];
    }
}
