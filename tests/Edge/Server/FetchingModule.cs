using System.Collections.Concurrent;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Programs;
using Ringwright.Server.Modules;

namespace Ringwright.Edge.Server;

/// <summary>
/// A program that asks an address of a customer's what is to become of its call, by the node's egress, and lets the call go whatever came
/// of that. Nothing in src knows of it.
/// </summary>
/// <param name="patience">How long a fetch may take, over everything.</param>
internal sealed class FetchingModule(TimeSpan patience) : Module
{
    public const int MostBytes = 1_000, MostRedirects = 2;

    /// <summary>What the program says when its call was gone before an answer had come.</summary>
    public const string LetGo = "let go";

    public override string Name => "fetching";

    /// <summary>Null until a node has it.</summary>
    public Fetching? Joined { get; private set; }

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) =>
        new(Joined = new(ground, patience));

    internal sealed class Fetching(ModuleGround ground, TimeSpan patience) : JoinedModule
    {
        private NodeCalls? _calls;
        private TenantId _account;

        /// <summary>What came of each fetch: the answer's text, the failure and the status, or <see cref="LetGo"/>.</summary>
        public ConcurrentQueue<string> Told { get; } = new();

        public override ICallProgram? CreateProgram(Application application) =>
            application.Kind is ApplicationKind.Script ? new Question(ground.Egress, application.Target, patience, Told) : null;

        public override async ValueTask StartAsync(NodeCalls calls, CancellationToken stop)
        {
            _account = (await ground.Database.Tenants.ListAsync(stop))[0].Id;
            _calls = calls;
        }

        /// <param name="url">That the program of the call asks.</param>
        public async Task CallAsync(string to, string url, CancellationToken stop)
        {
            var dialled = await _calls!.Control.DialAsync(new()        // asked of a node that has started
            {
                Tenant = _account, Connection = default, IsByOperator = true, From = "anonymous", BroughtCaller = "anonymous", To = to,
                Application = new(ApplicationKind.Script, url),
            }, stop);
            Assert.True(dialled.Ack.IsAccepted, dialled.Detail);
        }
    }

    private sealed class Question(IEgress egress, string url, TimeSpan patience, ConcurrentQueue<string> told) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
        {
            // Before that nobody has heard of the call, and there is nothing to take back.
            await call.NextAsync<CallEvent.LegRinging>();
            try
            {
                var answer = await egress.SendAsync(new()
                {
                    Url = url, Use = TargetUse.Document, Account = call.Leg.Tenant, Timeout = patience, MaxBytes = MostBytes,
                    MaxRedirects = MostRedirects,
                }, call.Stop);
                told.Enqueue(answer.IsSuccess ? Encoding.UTF8.GetString(answer.Body.Span)
                    : answer.Failure is EgressFailure.HttpStatus ? $"{answer.Failure} {answer.Status}" : $"{answer.Failure}");
            }
            catch (OperationCanceledException)
            {
                told.Enqueue(LetGo);
                throw;
            }
            await call.SendAsync(new LegCommand.Hangup());
            return null;
        }
    }
}
