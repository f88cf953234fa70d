using Ringwright.Http;

namespace Ringwright.Telnyx.Voice;

/// <summary>What a command has done stands in the store a moment later: an answer that shows it waits for that, by the wall clock, for it
/// is the store that takes its time.</summary>
internal static class Settling
{
    /// <summary>What has not come to be so by then does not.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    /// <returns>Null when it has not come to be so in time.</returns>
    public static async ValueTask<T?> WaitAsync<T>(OperationContext op, VoiceParts parts, Func<ValueTask<T?>> find, Func<T, bool> isSettled)
        where T : class
    {
        for (var waited = TimeSpan.Zero; waited < Longest; waited += Rest)
        {
            if (await find() is { } row && isSettled(row)) return row;
            await Task.Delay(Rest, op.Stop);
        }
        return null;
    }
}
