using Ringwright.Http;
using Ringwright.Uploads;

namespace Ringwright.Server.Modules;

/// <summary>Recordings in the buckets that customers keep themselves.</summary>
internal sealed class UploadsModule : Module
{
    public override string Name => "uploads";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        /// <summary>Null until calls can come: it tells the ledger what became of their recordings.</summary>
        private RecordingUploads? _uploads;

        public override ValueTask StartAsync(NodeCalls calls, CancellationToken stop)
        {
            _uploads = new(ground.Database, calls.Ledger, ground.Egress, ground.Loggers.CreateLogger("Ringwright.Uploads"));
            return ValueTask.CompletedTask;
        }

        public override ModuleJobs? Jobs => _uploads is null ? null
            : new([_uploads.Kind]) { Options = RecordingUploads.Options, TellsLedger = true };

        public override IRecordingsElsewhere? RecordingsElsewhere => _uploads;

        public override ValueTask DisposeAsync()
        {
            _uploads?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
