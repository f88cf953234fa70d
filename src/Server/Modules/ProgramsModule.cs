using Ringwright.Calls;
using Ringwright.Programs;
using Ringwright.Store;

namespace Ringwright.Server.Modules;

/// <summary>The programs that every node has.</summary>
internal sealed class ProgramsModule : Module
{
    public override string Name => "programs";

    public override ICallProgram? CreateProgram(Application application, Database database) =>
        BuiltInPrograms.Create(application, database.Mailboxes);
}
