using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Nodes;

/// <summary>What a node works off by itself: jobs of APIs and modules, and moves that are due.</summary>
internal static class NodeJobs
{
    public static void Start(NodeFrame frame, NodeRunning running, IReadOnlyList<ServedApi> apis, IReadOnlyList<LifeCycle> cycles)
    {
        var (parts, log, database) = (frame.Parts, frame.Log("Http"), running.Database);
        List<JobRunner> all = [Run(StopStep.Jobs, "the jobs", [.. apis.SelectMany(api => api.Pipeline.Dialect.Jobs)], new())];
        foreach (var (name, module) in running.Modules)
            if (module.Jobs is { } own)
                all.Add(Run(own.TellsLedger ? StopStep.LedgerJobs : StopStep.Jobs, $"the jobs of the module {name}", own.Kinds,
                    own.Options));
        frame.World?.Clock.AddWork(() => all.Exists(runner => runner.HasWork) || running.Modules.Any(one => one.Module.HasWork));
        parts.Add(StopStep.Timers, "the timed moves", new StateTimers(database.States, cycles, frame.Clock, log)
        {
            LongestSleep = frame.Rest ?? TimeSpan.FromSeconds(60),
        }).Start();

        JobRunner Run(StopStep step, string name, IReadOnlyList<JobKind> kinds, JobOptions options)
        {
            var runner = parts.Add(step, name, new JobRunner(database.Jobs, database.Blobs, kinds,
                frame.Rest is { } rest ? options with { LongestSleep = rest } : options, frame.Clock, log));
            runner.Start();
            return runner;
        }
    }
}
