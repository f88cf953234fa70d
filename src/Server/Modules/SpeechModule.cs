using Ringwright.Calls;
using Ringwright.Speech.Recordings;
using Ringwright.Speech.Transcription;
using Ringwright.Speech.VoiceActivity;
using Ringwright.Store;
using Ringwright.Uploads;

namespace Ringwright.Server.Modules;

/// <summary>Writes down what is said: on live calls, on recordings and in files.</summary>
internal sealed class SpeechModule : Module
{
    public override string Name => "speech";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        private Transcribers? _transcribers;
        private RecordingTranscriptions? _recordings;

        public override IAudioCarrier CarryAudio(LiveAudioGround audio)
        {
            var log = ground.Loggers.CreateLogger("Ringwright.Speech");
            // Each may hold a connection for either speaker.
            var live = new TranscriptionHost(audio.Taps, audio.Recognisers,
                happened => audio.Ledger.TellNow(happened, ground.Time.GetUtcNow()), new()
                {
                    Calls = audio.Limits.Streams / 2,
                    AgentVoice = audio.HasSileroVoice ? SileroVoice.Create : null,
                }, ground.Time, log, audio.Shares);
            var files = new RecordingTranscriber(audio.Recognisers, ground.Time, log);
            _transcribers = new(live, files);
            _recordings = new(ground.Database, audio.Ledger, files, ground.Loggers.CreateLogger("Ringwright.Uploads"));
            return new Carrier(live);
        }

        public override Transcribers? Transcribers => _transcribers;

        public override ModuleJobs? Jobs => _recordings is null ? null
            : new([_recordings.Kind]) { Options = RecordingTranscriptions.Options, TellsLedger = true };
    }

    private sealed class Carrier(TranscriptionHost live) : IAudioCarrier
    {
        public bool TryOpen(LiveAudioOrder order, Action<LiveAudioNews> tell)
        {
            if (order is not TranscriptionOrder words) return false;
            live.Open(words, tell);
            return true;
        }

        public void Finish(TranscriptionOrder order, LegFacts? over) => live.Finish(order, over);

        public void Close(Guid id) => live.Close(id);

        public ValueTask DisposeAsync() => live.DisposeAsync();
    }
}
