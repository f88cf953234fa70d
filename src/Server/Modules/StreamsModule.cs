using Ringwright.Calls;
using Ringwright.Streams;
using Ringwright.Streams.Forks;
using Ringwright.Streams.Siprec;

namespace Ringwright.Server.Modules;

/// <summary>Live audio by WebSocket, by RTP and to recording servers.</summary>
internal sealed class StreamsModule : Module
{
    public override string Name => "streams";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        public override IAudioCarrier CarryAudio(LiveAudioGround audio)
        {
            var (taps, policy, limits, shares) = (audio.Taps, ground.Egress.Policy, audio.Limits, audio.Shares);
            var log = ground.Loggers.CreateLogger("Ringwright.Streams");
            var streams = new MediaStreamHost(taps, ground.Egress, new()
            {
                Identify = audio.Identify, Streams = limits.Streams, IsLittleEndian = audio.IsLittleEndian,
            }, ground.Time, log, shares);
            var forks = new ForkHost(taps, policy, new() { Forks = limits.Forks }, ground.Time, log, shares);
            var siprec = new SiprecHost(taps, policy, new() { Sessions = limits.Siprec, Advertise = audio.Advertise }, ground.Time, log,
                shares);
            siprec.SayRecoveryByes(audio.Ledger.RecordingByes);
            return new Carrier(streams, forks, siprec);
        }
    }

    private sealed class Carrier(MediaStreamHost streams, ForkHost forks, SiprecHost siprec) : IAudioCarrier
    {
        public bool TryOpen(LiveAudioOrder order, Action<LiveAudioNews> tell)
        {
            switch (order)
            {
                case StreamOrder stream:
                    streams.Open(stream, tell);
                    return true;
                case ForkOrder fork:
                    forks.Open(fork, tell);
                    return true;
                case SiprecOrder session:
                    siprec.Open(session, tell);
                    return true;
                default:
                    return false;
            }
        }

        public void Press(Guid id, char key) => streams.Press(id, key);

        public void Close(Guid id)
        {
            streams.Close(id);
            forks.Close(id);
            siprec.Close(id);
        }

        public async ValueTask DisposeAsync() => await Task.WhenAll(streams.DisposeAsync().AsTask(), forks.DisposeAsync().AsTask(),
            siprec.DisposeAsync().AsTask());
    }
}
