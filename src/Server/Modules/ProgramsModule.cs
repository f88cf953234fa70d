using Ringwright.Calls;
using Ringwright.Programs;
using Ringwright.Programs.Agents;

namespace Ringwright.Server.Modules;

/// <summary>The programs that every node has.</summary>
internal sealed class ProgramsModule : Module
{
    public override string Name => "programs";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        private readonly AgentParts? _agents = ground.Apis.AgentScripts is not { } folder ? null
            : new(new(folder), new AgentWeb(ground.Egress), ground.Time, ground.Loggers.CreateLogger("Ringwright.Programs"));

        public override ICallProgram? CreateProgram(Application application) =>
            BuiltInPrograms.Create(application, ground.Database.Mailboxes, _agents);
    }
}
