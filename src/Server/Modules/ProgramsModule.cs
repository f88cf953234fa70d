using Ringwright.Calls;
using Ringwright.Programs;
using Ringwright.Programs.Agents;
using Ringwright.Speech.VoiceActivity;

namespace Ringwright.Server.Modules;

/// <summary>The programs that every node has.</summary>
internal sealed class ProgramsModule : Module
{
    public override string Name => "programs";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined : JoinedModule
    {
        private readonly ModuleGround _ground;
        private readonly VoiceLinks _voices = new();
        private readonly AgentParts _agents;

        public Joined(ModuleGround ground)
        {
            _ground = ground;
            var sockets = new AgentSockets(ground.Egress, ground.Time);
            _agents = new(ground.Apis.AgentScripts is { } folder ? new(folder) : null, AgentWeb.Of(ground), ground.Time,
                ground.Loggers.CreateLogger("Ringwright.Programs"))
            {
                Desk = CampaignTalkDesk.Of(ground), Relays = (ground.Apis.Relays, sockets), Voices = (_voices, sockets),
                VoiceOnset = ground.Apis.HasSileroVoice ? SileroVoice.Onset : null,
            };
        }

        public override IAudioCarrier CarryAudio(LiveAudioGround audio) =>
            new VoiceCarrier(audio.Taps, _voices, audio.Limits.Streams, audio.Shares, _ground.Time);

        public override ICallProgram? CreateProgram(Application application) =>
            BuiltInPrograms.Create(application, _ground.Database.Mailboxes, _agents);

        public override ICallProgram? CreateGuest(CallEvent.AgentStarted started) => _agents.CreateGuest(started);
    }
}
