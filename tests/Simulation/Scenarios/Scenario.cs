using System.Reflection;
using Ringwright.Calls;
using Ringwright.Testing;
using Xunit.Sdk;

namespace Ringwright.Simulation;

/// <summary>What all scenarios share: a world in the run's weather, and when one fails, its seed and its messages in the output.</summary>
public abstract class Scenario(Weather weather = Weather.Fair) : IDisposable
{
    protected const string Ours = "+4989456", Theirs = "+493012300001";

    private static readonly SeedFloor Floor = new();

    [ThreadStatic]
    private static SimWorld? _running;

    protected bool IsFair => weather is Weather.Fair;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_running is not { } world) return;
        _running = null;
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
            TestContext.Current.TestOutputHelper
                ?.WriteLine($"seed {world.Seed} (RINGWRIGHT_SEED={world.Seed} runs it alone); messages:\n{world.Log}");
        Count(world);
    }

    /// <summary>The last seed of a scenario fails when too many had to be excused.</summary>
    private void Count(SimWorld world)
    {
        if (TestContext.Current.TestMethod?.MethodName is not { } method) return;
        if (GetType().GetMethod(method)?.GetCustomAttribute<SeedsAttribute>() is not { } seeds) return;
        if (Floor.Note($"{GetType().Name}.{method}", seeds.InThisRun, world.WasExcused) is { } fault) Assert.Fail(fault);
    }

    /// <summary>A scenario runs on one thread, so the world that was made last on it is the one that failed.</summary>
    internal static void Watch(SimWorld world) => _running = world;

    private protected SimWorld World(ulong seed, bool adjustsRtp = true, int probeSeconds = 0, int? trunkChannels = null) =>
        new(seed) { Weather = weather, AdjustsRtp = adjustsRtp, ProbeSeconds = probeSeconds, TrunkChannels = trunkChannels };

    /// <summary>How the one leg of the scenario ended.</summary>
    private protected static CallEvent.LegEnded Ended(SimWorld world) => world.Ledger.Committed.OfType<CallEvent.LegEnded>().Single();

    private protected static IEnumerable<T> Told<T>(SimWorld world) where T : CallEvent => world.Ledger.Committed.OfType<T>();

    private protected static string[] Names(SimWorld world) => [.. world.Events.Select(e => e.Name)];
}
