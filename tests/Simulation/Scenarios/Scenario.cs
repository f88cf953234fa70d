using Xunit.Sdk;

namespace Ringwright.Simulation;

/// <summary>What all scenarios share: when one fails, its seed and its letters are printed.</summary>
public abstract class Scenario : IDisposable
{
    [ThreadStatic]
    private static SimWorld? _running;

    /// <summary>Scenarios run on one thread each, so the world that was made last on this thread is the one that failed.</summary>
    internal static void Watch(SimWorld world) => _running = world;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_running is { } world && TestContext.Current.TestState?.Result is TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {world.Seed} (RINGWRIGHT_SEED={world.Seed} runs it alone); letters:\n{world.Log}");
        _running = null;
    }
}
