using Ringwright.Http;
using Ringwright.Server.Modules;
using Ringwright.Speech.Recordings;
using Ringwright.Uploads;

namespace Ringwright.Server.Nodes;

/// <summary>What a node works off by itself: jobs of APIs and modules, files to customers' buckets, and moves that are due.</summary>
internal static class NodeJobs
{
    /// <returns>Where files of recordings are kept elsewhere.</returns>
    public static RecordingUploads Start(NodeFrame frame, NodeRunning running, RecordingTranscriber files, IReadOnlyList<ServedApi> apis,
        IReadOnlyList<LifeCycle> cycles)
    {
        var (parts, log, database) = (frame.Parts, frame.Log("Http"), running.Database);
        var modules = running.Modules.Select(one => one.Module).ToList();
        var elsewhere = new RecordingUploads(database, running.Ledger, running.Ground.Egress, frame.Log("Uploads"));
        parts.AddDisposable(StopStep.Uploads, "what is kept elsewhere", elsewhere);
        var transcribed = new RecordingTranscriptions(database, running.Ledger, files, frame.Log("Uploads"));
        List<JobRunner> all =
        [
            Run(StopStep.Jobs, "the jobs", [.. apis.SelectMany(api => api.Pipeline.Dialect.Jobs)], new()),
            Run(StopStep.Uploads, "uploads", [elsewhere.Kind], RecordingUploads.Options),
            Run(StopStep.Transcriptions, "transcriptions", [transcribed.Kind], RecordingTranscriptions.Options),
            .. modules.Select(module => module.Jobs).OfType<ModuleJobs>()
                .Select(own => Run(StopStep.Jobs, "the jobs of a module", own.Kinds, own.Options)),
        ];
        frame.World?.Clock.AddWork(() => all.Exists(runner => runner.HasWork) || modules.Exists(module => module.HasWork));
        parts.Add(StopStep.Timers, "the timed moves", new StateTimers(database.States, cycles, frame.Clock, log)
        {
            LongestSleep = frame.Rest ?? TimeSpan.FromSeconds(60),
        }).Start();
        return elsewhere;

        JobRunner Run(StopStep step, string name, IReadOnlyList<JobKind> kinds, JobOptions options)
        {
            var runner = parts.Add(step, name, new JobRunner(database.Jobs, database.Blobs, kinds,
                frame.Rest is { } rest ? options with { LongestSleep = rest } : options, frame.Clock, log));
            runner.Start();
            return runner;
        }
    }
}
