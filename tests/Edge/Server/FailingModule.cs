using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Programs;
using Ringwright.Server.Modules;

namespace Ringwright.Edge.Server;

/// <summary>A program that has a fault: it throws when its call is answered, or rings, as its target says.</summary>
internal sealed class FailingModule : Module
{
    public const string WhenAnswered = "answered", WhenRinging = "ringing";

    public override string Name => "failing";

    /// <summary>Null until a node has it.</summary>
    public Failing? Joined { get; private set; }

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(Joined = new(ground));

    internal sealed class Failing(ModuleGround ground) : JoinedModule
    {
        private NodeCalls? _calls;
        private TenantId _account;

        public override ICallProgram? CreateProgram(Application application) =>
            application.Kind is ApplicationKind.Script ? new Faulty(application.Target is WhenAnswered) : null;

        public override async ValueTask StartAsync(NodeCalls calls, CancellationToken stop)
        {
            _account = (await ground.Database.Tenants.ListAsync(stop))[0].Id;
            _calls = calls;
        }

        /// <returns>The call's id, as APIs have it.</returns>
        public async Task<Guid> CallAsync(string target, string to, CancellationToken stop)
        {
            var dialled = await _calls!.Control.DialAsync(new()        // asked of a node that has started
            {
                Tenant = _account, Connection = default, IsByOperator = true, From = "anonymous", BroughtCaller = "anonymous", To = to,
                Application = new(ApplicationKind.Script, target),
            }, stop);
            return dialled.Leg?.Uuid ?? throw new InvalidOperationException(dialled.Detail);
        }
    }

    private sealed class Faulty(bool isPatient) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
        {
            if (isPatient) await call.NextAsync<CallEvent.LegAnswered>();
            else await call.NextAsync<CallEvent.LegRinging>();
            throw new InvalidOperationException("The program has a fault.");
        }
    }
}
