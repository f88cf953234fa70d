namespace Ringwright.Store.Engines;

/// <summary>
/// How long the end of a node waits for one connection. Connecting takes its time, and cancelling asks the server too:
/// what hangs there by then is left behind, and ends with the process.
/// </summary>
internal static class PatientEnd
{
    private static readonly TimeSpan AtStop = TimeSpan.FromSeconds(1);

    /// <returns>False when it was left.</returns>
    public static async ValueTask<bool> EndsAsync(Func<Task> end)
    {
        // A part of it may hold up the thread that it is called on.
        var ending = Task.Run(end);
        await Task.WhenAny(ending, Task.Delay(AtStop)).ConfigureAwait(false);
        if (ending.IsCompleted)
        {
            await ending.ConfigureAwait(false);
            return true;
        }
        // Whatever becomes of it concerns nobody.
        _ = ending.ContinueWith(static left => left.Exception, TaskScheduler.Default);
        return false;
    }

    /// <summary>
    /// Cancels what a driver may be waiting for. A connection that breaks at that very moment throws out of the driver's own callback
    /// (Npgsql: an event that it has disposed of). The token is cancelled all the same, and every other callback has run.
    /// </summary>
    public static async Task CancelAsync(CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException broken) when (broken.InnerExceptions.All(static one => one is ObjectDisposedException))
        {
            // The connection is gone already, which is what was asked for.
        }
    }
}
