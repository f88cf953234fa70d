using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Server.Modules;

namespace Ringwright.Edge.Server;

/// <summary>A program that asks for a PIN and says of itself that its calls are confidential. Nothing in src knows of it.</summary>
internal sealed class VaultModule : Module
{
    public override string Name => "vault";

    /// <summary>Null until a node has it.</summary>
    public Vault? Joined { get; private set; }

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(Joined = new(ground));

    internal sealed class Vault(ModuleGround ground) : JoinedModule
    {
        public const string Door = "vault";

        private NodeCalls? _calls;

        public TenantId Account { get; private set; }

        /// <summary>What was pressed, as the program has it.</summary>
        public ConcurrentQueue<char> Pressed { get; } = new();

        public override ICallProgram? CreateProgram(Application application) => IsOurs(application) ? new PinPad(Pressed) : null;

        public override ApplicationTraits? TraitsOf(Application application) =>
            IsOurs(application) ? ApplicationTraits.Usual with { IsConfidential = true } : null;

        public override async ValueTask StartAsync(NodeCalls calls, CancellationToken stop)
        {
            Account = (await ground.Database.Tenants.ListAsync(stop))[0].Id;
            _calls = calls;
        }

        /// <param name="target">Of the program that has the call.</param>
        public async Task<LegId> CallAsync(string target, string to, CancellationToken stop)
        {
            var dialled = await _calls!.Control.DialAsync(new()        // asked of a node that has started
            {
                Tenant = Account, Connection = default, IsByOperator = true, From = "anonymous", BroughtCaller = "anonymous", To = to,
                Application = new(ApplicationKind.Script, target),
            }, stop);
            return dialled.Leg?.Id ?? throw new InvalidOperationException(dialled.Detail);
        }

        public ValueTask<Ack> SendAsync(LegId leg, LegCommand command, CancellationToken stop) =>
            _calls!.Control.SendAsync(leg, command, stop);              // asked of a node that has started

        private static bool IsOurs(Application application) => application is { Kind: ApplicationKind.Script, Target: Door };
    }

    private sealed class PinPad(ConcurrentQueue<char> pressed) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
        {
            while (await call.NextAsync() is { } happened)
                if (happened is CallEvent.DigitReceived key) pressed.Enqueue(key.Digit);
            return null;
        }
    }
}
