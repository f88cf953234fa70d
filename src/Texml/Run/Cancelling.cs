namespace Ringwright.Texml.Run;

/// <summary>
/// Cancels as <c>CancelAsync</c> does, but where programs run: that is one thread in the simulator, and the pool elsewhere.
/// </summary>
internal static class Cancelling
{
    /// <summary>Before anything else happens; in the scheduler of whoever calls it.</summary>
    public static void CancelNow(this CancellationTokenSource source) => source.Cancel();

    /// <summary>Who calls it holds a lock, or goes on before whoever waits is woken.</summary>
    public static void CancelLater(this CancellationTokenSource source) => _ = Task.Factory.StartNew(
        static cancelled => ((CancellationTokenSource)cancelled!).Cancel(), source,      // never null: it is the line above
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
}
