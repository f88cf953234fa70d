using System.Collections.Concurrent;

namespace Ringwright.Speech.Prompts;

/// <summary>
/// Lets all who ask for one key at the same time share one run. A run belongs to nobody: a caller that gives up does not end it.
/// </summary>
internal sealed class SingleFlight<TResult>
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TResult>>> _flights = new(StringComparer.Ordinal);

    public Task<TResult> RunAsync(string key, Func<Task<TResult>> run, CancellationToken stop)
    {
        var mine = new Lazy<Task<TResult>>(() => Task.Run(run, CancellationToken.None));
        var flight = _flights.GetOrAdd(key, mine);
        if (ReferenceEquals(flight, mine))
            _ = flight.Value.ContinueWith(_ => _flights.TryRemove(KeyValuePair.Create(key, mine)),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return flight.Value.WaitAsync(stop);
    }
}
