namespace Ringwright.Testing;

/// <summary>Counts what a piece of code allocates on its thread.</summary>
public static class Allocations
{
    private const int Runs = 5;

    /// <summary>
    /// The least that one of five runs allocated, in bytes; the first run without any ends it.
    /// A collection that another thread causes counts the rest of this thread's allocation buffer (up to 8 KiB) as used, now and then;
    /// what the code allocates itself, it allocates in every run.
    /// </summary>
    public static long Of(Action run)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Runs && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
