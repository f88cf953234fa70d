using Ringwright.Http;

namespace Ringwright.Telefonie;

/// <summary>
/// What a command has done stands in the store a moment later: a reply shows it where it comes at once, as it mostly does.
/// </summary>
internal static class TelefonieSettling
{
    private const int Looks = 40;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    /// <summary>The thing as it is when it is so, or in a second.</summary>
    /// <param name="read">Null where there is none any more: then it stays as it was seen last.</param>
    public static async ValueTask<T> WaitAsync<T>(OperationContext op, T seen, Func<ValueTask<T?>> read, Func<T, bool> isSettled)
        where T : class
    {
        for (int look = 0; look < Looks && !isSettled(seen); look++)
        {
            await Task.Delay(Look, op.Stop);
            seen = await read() ?? seen;
        }
        return seen;
    }
}
