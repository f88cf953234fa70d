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

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        private readonly AgentParts _agents = new(ground.Apis.AgentScripts is { } folder ? new(folder) : null, AgentWeb.Of(ground),
            ground.Time, ground.Loggers.CreateLogger("Ringwright.Programs"))
        {
            Desk = CampaignTalkDesk.Of(ground),
            Relays = (ground.Apis.Relays, new AgentSockets(ground.Egress, ground.Time)),
            VoiceOnset = ground.Apis.HasSileroVoice ? SileroVoice.Onset : null,
        };

        public override ICallProgram? CreateProgram(Application application) =>
            BuiltInPrograms.Create(application, ground.Database.Mailboxes, _agents);

        public override ICallProgram? CreateGuest(CallEvent.AgentStarted started) => _agents.CreateGuest(started);
    }
}
