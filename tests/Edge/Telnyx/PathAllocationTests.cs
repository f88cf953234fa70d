using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Delivery;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What a request, an event and a webhook allocate, with the whole contract and a real database.</summary>
[Collection(nameof(Starving))]
public sealed class PathAllocationTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const int Rounds = 50;

    [Fact]
    public async Task A_command_goes_through_the_pipeline_within_its_budget()
    {
        var run = host.Route("POST", "/v2/calls/{p0}/actions/speak");
        string token = host.Ids.CallControl(host.Tenant, Samples.Leg);
        byte[] body = Encoding.UTF8.GetBytes("""
            {"payload":"Hello from Ringwright.","voice":"female","language":"en-US","command_id":"c-1","client_state":"aGV5"}
            """);
        HttpContext[] requests = [.. Enumerable.Range(0, Rounds).Select(_ => Request())];
        // The store is asked about the key, and not again for a second.
        await run(Request());
        Run();
        host.Calls.Commands.EnsureCapacity(10 * Rounds);
        AllocationBudget.Holds("http: a call command", Rounds, Run);

        // With bodies that can be read again.
        void Run()
        {
            foreach (var request in requests)
            {
                request.Request.Body.Position = 0;
                request.Response.Headers.Clear();
                var done = run(request);
                // On this thread to its end, or the count would not be whole.
                if (!done.IsCompletedSuccessfully || request.Response.StatusCode != 200)
                    throw new InvalidOperationException($"{done.Status}, {request.Response.StatusCode}");
            }
        }

        HttpContext Request()
        {
            var http = new DefaultHttpContext();
            http.Request.Method = "POST";
            http.Request.Path = $"/v2/calls/{token}/actions/speak";
            http.Request.RouteValues["p0"] = token;
            http.Request.Headers.Authorization = $"Bearer {TelnyxHost.Key}";
            http.Request.ContentType = "application/json";
            http.Request.ContentLength = body.Length;
            http.Request.Body = new MemoryStream(body);
            http.Connection.RemoteIpAddress = IPAddress.Loopback;
            return http;
        }
    }

    /// <summary>
    /// Event rows, the leg's row, the record and the webhooks: all that the writer does, and what the asker's own thread does.
    /// </summary>
    [Fact, Depth("the gate has the budgets of a whole call and of a request")]
    public async Task A_call_is_written_down_within_its_budget()
    {
        string application = await host.ApplicationAsync("budget");
        uint counter = 5_000;
        await WriteCallsAsync();
        long least = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long before = await WriterAsync();
            long asked = await WriteCallsAsync();
            least = Math.Min(least, await WriterAsync() - before + asked);
        }
        AllocationBudget.Check("ledger: a call of three events, with its webhooks", Rounds, least);

        async Task<long> WriteCallsAsync()
        {
            long asked = 0;
            for (int i = 0; i < Rounds; i++)
            {
                var facts = host.FactsOf(application, ++counter);
                CallEvent[] events =
                [
                    new CallEvent.LegInitiated { Leg = facts, At = facts.StartedAt },
                    new CallEvent.LegAnswered { Leg = facts, At = facts.StartedAt, Codec = "PCMU", SampleRate = 8000 },
                    new CallEvent.LegEnded
                    {
                        Leg = facts, At = facts.StartedAt, Cause = HangupCause.RemoteHangup, By = HangupParty.Remote, SipStatus = 200,
                        Evidence = "BYE received.",
                    },
                ];
                foreach (var happened in events)
                {
                    var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                    Action<SubjectEvent, bool> tell = (_, isCommitted) => told.SetResult(isCommitted);
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    host.Ledger.Append(happened, tell);
                    asked += GC.GetAllocatedBytesForCurrentThread() - before;
                    Assert.True(await told.Task);
                }
            }
            return asked;
        }

        ValueTask<long> WriterAsync() =>
            host.Store.Sql.WriteAsync(static _ => GC.GetAllocatedBytesForCurrentThread(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_webhook_is_written_and_signed_within_its_budget()
    {
        string application = await host.ApplicationAsync("signed");
        var (facts, _) = await host.LegAsync(application, 4_900);
        var entries = await host.Store.Outbox.ListPendingAsync(0, 1_000, TestContext.Current.CancellationToken);
        var entry = entries.Last(entry => entry.OrderKey == Subject.Of(facts.Id).OrderKey);
        var message = (await host.Store.Outbox.FindAsync(entry.Tenant, entry.Id, TestContext.Current.CancellationToken))!; // it was listed
        var writer = new WebhookWriter(host.Store, new TelnyxModule().WebhookFormats, TimeProvider.System);
        await writer.WriteAsync(message, 1, message.Url, TestContext.Current.CancellationToken);
        AllocationBudget.Holds("webhook: written and signed", Rounds, () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                var done = writer.WriteAsync(message, 1, message.Url, default);
                if (!done.IsCompletedSuccessfully || done.Result.Webhook is null) throw new InvalidOperationException();
            }
        });
    }
}
