using System.Diagnostics;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Ends the parts of a node, one after the other. What waits for a database that says nothing is left behind when calls have had their
/// time and <see cref="LastWord"/> more: a service that does not end is killed by the system, and then nothing is in order.
/// </summary>
/// <param name="drain">The time that calls have.</param>
/// <param name="isSilent">Whether the database says nothing at this moment (ADR 63).</param>
internal sealed class OrderlyStop(TimeSpan drain, Func<bool> isSilent, ILogger logger)
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(3), Look = TimeSpan.FromMilliseconds(50);

    private readonly long _begunAt = Stopwatch.GetTimestamp();

    private bool IsTooLate => isSilent() && Stopwatch.GetElapsedTime(_begunAt) >= drain + LastWord;

    /// <summary>One part that fails to stop must not keep the others from it.</summary>
    /// <param name="isPatient">The part never waits long for the database, and is waited for.</param>
    public async Task EndAsync(string part, Func<Task> end, bool isPatient = false)
    {
        try
        {
            // It may hold up the thread that it is called on.
            var ending = Task.Run(end);
            do await Task.WhenAny(ending, Task.Delay(Look));
            while (!ending.IsCompleted && (isPatient || !IsTooLate));
            if (ending.IsCompleted)
            {
                await ending;
                return;
            }
            // Whatever becomes of it concerns nobody.
            _ = ending.ContinueWith(static left => left.Exception, TaskScheduler.Default);
            logger.PartLeft(part);
        }
        catch (Exception failed)
        {
            logger.StopFailed(part, failed);
        }
    }
}
