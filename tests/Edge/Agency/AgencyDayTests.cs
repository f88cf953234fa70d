using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>
/// A day of an agency's batches by a clock that jumps, with lines that fail, a node that refuses, and one that stops each hour.
/// </summary>
[Depth("a day of calls takes a while; the gate has each of its rules")]
public sealed class AgencyDayTests() : DiallerRig(Product.Sqlite)
{
    private const int Contacts = 60, AtOnce = 3, Attempts = 3, Hours = 24;

    /// <summary>By the clocks of whom it calls, where the day begins at ten.</summary>
    private const string Windows =
        """[{"days":["mon","tue","wed","thu","fri","sat","sun"],"start":"09:00","end":"20:00"}]""";

    private const string Retries = """{"busy_seconds":900,"no_answer_seconds":14400,"error_seconds":300}""";

    private readonly Random _dice = new(4);
    private AgencyParts _parts = null!;     // set by the test
    private DateTimeOffset? _followed;

    private protected override IReadOnlyList<StoreArea> Areas => [AgencyArea.Area];

    [Fact]
    public async Task A_day_of_faults_calls_nobody_too_often_and_all_that_is_counted_adds_up()
    {
        // Case X04.
        _parts = new() { Store = Store };
        Far.Refuses = _ => Throw() < 5 ? Dialled.Refused(Refusal.Overloaded, null, null) : null;
        var client = (await Store.Tenants.CreateAsync("client", TenantLimits.None, Tenant, Stop))!.Tenant.Id;
        await _parts.Tenancy.AgencyAsync(Tenant, Stop);
        await _parts.Tenancy.AddClientAsync(Tenant, new() { Id = client.Value, Name = "client", Slug = "client", UpdatedAt = Now },
            Note("client"), Stop);
        BatchRow[] batches = [await BatchAsync(client, 1), await BatchAsync(client, 2)];

        var begun = Now;
        Start();
        for (int hour = 1; hour <= Hours; hour++)
        {
            var until = begun.AddHours(hour);
            await JumpUntilAsync(async () =>
            {
                await FollowAsync();
                return Now >= until;
            }, TimeSpan.FromHours(3));
            await StopDiallerAsync();
            await LeaveClaimAsync(batches[hour % batches.Length]);
            Start();
            Assert.All(await ContactsAsync(), NotTooOften);
            Assert.InRange(Far.MostUp, 1, batches.Length * AtOnce);
        }

        // Until nobody is on the line, so that each number is known.
        List<Called> contacts = [];
        await JumpUntilAsync(async () =>
        {
            await FollowAsync();
            contacts = await ContactsAsync();
            return Far is { Up: 0, Ending: 0 } && contacts.TrueForAll(contact => contact.Status is not ContactRow.Calling);
        }, TimeSpan.FromHours(3));
        Assert.All(contacts, contact =>
        {
            NotTooOften(contact);
            Assert.Equal(Far.InvitesTo(contact.PhoneNumber).Count(), contact.Attempts);
            // Over, or due at some time.
            Assert.True(contact.Status is ContactRow.Completed or ContactRow.Failed or ContactRow.Pending
                || contact.NextAttemptAt is not null, $"{contact}");
        });
        Assert.Contains(contacts, contact => contact.Status is ContactRow.Completed);
        foreach (var batch in batches)
        {
            var own = contacts.Where(contact => contact.BatchId == batch.Id.ToString()).ToList();
            Assert.Equal(Contacts, own.Count);
            var row = (await _parts.Batches.FindAsync(Tenant, batch.Id, Stop))!;       // nobody deletes it
            Assert.Equal((long)Contacts, row.TotalContacts);
            Assert.NotEqual(BatchRow.Failed, row.Status);
            if (row.IsOver) Assert.All(own, contact => Assert.True(contact.Status is ContactRow.Completed or ContactRow.Failed));
        }
        Assert.Equal((long)Far.Invites.Count,
            await Store.Sql.ReadAsync(db => db.ExecuteScalar<long>("select count(*) from rw_leg"), Stop));
        // Nobody is called in the evening, or at night.
        Assert.All(Far.Invites, invite => Assert.InRange(invite.At.UtcDateTime.AddHours(-5).Hour, 9, 19));
    }

    /// <summary>Once at each moment: who dials is at rest when the clock jumps.</summary>
    private async Task FollowAsync()
    {
        if (_followed == Now) return;
        _followed = Now;
        await _parts.FollowBatchesAsync(Stop);
    }

    private DateTimeOffset Now => Time.GetUtcNow();

    private void Start() => StartDialler(parts => parts with { Rest = TimeSpan.FromMinutes(10) });

    /// <summary>From 0 to 99, on whichever thread.</summary>
    private int Throw()
    {
        lock (_dice) return _dice.Next(100);
    }

    private TakenCall Taken() => Throw() switch
    {
        < 5 => new(null, TimeSpan.FromSeconds(2), HangupCause.RemoteFailure, 503),
        < 7 => new(null, TimeSpan.FromSeconds(32), HangupCause.RemoteTimeout, 408),
        < 40 => TakenCall.Talks(20),
        < 60 => TakenCall.Busy,
        _ => TakenCall.Silent,
    };

    private void NotTooOften(Called contact) => Assert.InRange(Far.InvitesTo(contact.PhoneNumber).Count(), 0, Attempts);

    private Task<List<Called>> ContactsAsync() => Store.Sql.ReadAsync(db => db.Query<Called>("""
        select phone_number, batch_id, status, attempts, next_attempt_at from campaign_contacts
        """).AsList(), Stop).AsTask();

    /// <summary>As a node leaves it that is killed between its claim and the dial.</summary>
    private async Task LeaveClaimAsync(BatchRow batch)
    {
        var targets = await Store.Targets.ListAsync(batch.Account, batch.ListId, 0, 1_000, Stop);
        if (targets.FirstOrDefault(target => target.State is TargetState.Idle) is not { } idle) return;
        await Store.DialAttempts.ClaimAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(), Tenant = batch.Account, Campaign = batch.Id, List = batch.ListId, Target = idle.Id,
                Round = idle.Round, Number = idle.Destinations[0]!,     // each has one
                From = batch.FromNumber, Destination = 0, Try = idle.Tries[0] + 1, ClaimedAt = Now, Evidence = [],
            },
        ], Store.Node.Node, Stop);
    }

    /// <summary>Of contacts who have not been called yet.</summary>
    private async Task<BatchRow> BatchAsync(TenantId client, int nth)
    {
        var now = Now;
        var agent = new AgentRow
        {
            Id = Guid.CreateVersion7(now), TenantId = Tenant, Name = $"agent {nth}", FirstSpeakerText = "Hello.", CreatedAt = now,
            UpdatedAt = now,
        };
        await _parts.Agents.AddAsync(agent, Note("agent"), Stop);
        var campaign = new AgencyCampaign
        {
            Id = Guid.CreateVersion7(now), TenantId = Tenant, ClientId = client.ToString(), Name = $"campaign {nth}", Type = "cs",
            CallingWindows = JsonNode.Parse(Windows)!.AsArray(), RetryPolicy = JsonNode.Parse(Retries)!.AsObject(),
            MaxAttempts = Attempts, ConsentRequired = AgencyCampaign.NoConsent, CreatedAt = now, UpdatedAt = now,
        };
        Assert.Equal(CampaignChange.Done, await _parts.Campaigns.AddAsync(campaign, Note("campaign"), Stop));
        var batch = new BatchRow
        {
            Id = Guid.CreateVersion7(now), TenantId = Tenant, ClientId = client.ToString(), CampaignId = campaign.Id,
            AgentMappingId = agent.Id, FromNumber = Caller, CallsPerMinute = 30, MaxConcurrent = AtOnce, TotalContacts = Contacts,
            ListId = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now,
        };
        List<ContactRow> contacts =
        [
            .. Enumerable.Range(0, Contacts).Select(n => new ContactRow
            {
                Id = Guid.CreateVersion7(now), TenantId = Tenant, CampaignId = campaign.Id, BatchId = batch.Id,
                PhoneNumber = $"+1212555{nth}{n:000}", MaxAttempts = Attempts, CreatedAt = now, UpdatedAt = now,
            }),
        ];
        foreach (var contact in contacts) Far.Script(contact.PhoneNumber, [.. Enumerable.Range(0, Attempts).Select(_ => Taken())]);
        await Store.Targets.AddListAsync(new(batch.ListId, client, $"batch {nth}", now), Stop);
        await Store.Targets.AddAsync([.. contacts.Select(contact => BatchTerms.TargetOf(batch, contact))], Stop);
        await Store.Campaigns.AddAsync(new()
        {
            Id = batch.Id, Tenant = client, Name = $"batch {nth}", State = CampaignState.Stop, List = batch.ListId,
            Terms = BatchTerms.Of(campaign, agent, batch).Write(), CreatedAt = now, UpdatedAt = now,
        }, note: null, Stop);
        await _parts.Batches.AddAsync(batch, contacts, Note("batch"), Stop);
        return batch;
    }

    private AuditNote Note(string what) => new()
    {
        Tenant = Tenant, At = Now, By = AuditActor.Node, Change = "created", RecordType = what, ResourceId = what,
    };

    private sealed record Called
    {
        public string PhoneNumber { get; init; } = "";
        public string BatchId { get; init; } = "";
        public string Status { get; init; } = "";
        public long Attempts { get; init; }
        public DateTimeOffset? NextAttemptAt { get; init; }
    }
}
