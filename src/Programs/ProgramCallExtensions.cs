using Ringwright.Calls;

namespace Ringwright.Programs;

public static class ProgramCallExtensions
{
    /// <summary>Reads on until such an event comes; null when the leg has ended before.</summary>
    public static async ValueTask<T?> NextAsync<T>(this IProgramCall call) where T : CallEvent
    {
        while (await call.NextAsync() is { } happened)
            if (happened is T wanted) return wanted;
        return null;
    }
}
