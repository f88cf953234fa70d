using Ringwright.Calls;
using Ringwright.Programs;

namespace Ringwright.Server.Modules;

/// <summary>The programs that every node has.</summary>
internal sealed class ProgramsModule : Module
{
    public override string Name => "programs";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        public override ICallProgram? CreateProgram(Application application) =>
            BuiltInPrograms.Create(application, ground.Database.Mailboxes);
    }
}
