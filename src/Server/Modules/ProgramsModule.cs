using Ringwright.Calls;
using Ringwright.Programs;

namespace Ringwright.Server.Modules;

/// <summary>The programs that every node has.</summary>
internal sealed class ProgramsModule : Module
{
    public override string Name => "programs";

    public override ICallProgram? CreateProgram(Application application) => BuiltInPrograms.Create(application);
}
