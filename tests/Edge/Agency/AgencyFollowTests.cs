using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyFollowOnSqliteTests() : AgencyFollowTests(Product.Sqlite)
{
    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Each_read_of_a_look_goes_by_an_index()
    {
        var row = await RowAsync(await HeldAsync(await Lab.CampaignAsync(), 1));
        object which = new
        {
            tenant = row.Account, list = row.ListId, batch = row.Id, since = row.CreatedAt, until = row.CreatedAt, after = Guid.Empty,
            limit = 10, ids = new InList<string>([row.Id.ToString()]), error = "", most = 10, number = "",
        };
        foreach (string sql in (string[])
            [
                ContactFollowTable.SelectChanged, ContactFollowTable.SelectWaiting, ContactFollowTable.SelectCalled,
                ContactFollowTable.SelectCalling, ContactFollowTable.SelectAnyOpen, ContactFollowTable.SelectOpen,
                ContactFollowTable.SelectAnyFailed, EndedCallTable.SelectLast, EndedCallTable.SelectCap, EndedCallTable.CountBegun,
            ])
        {
            var plan = await Database.Sql.ReadAsync(db => db.Query<(long Id, long Parent, long Unused, string Detail)>(
                "explain query plan " + sql, which).Select(step => step.Detail).ToList(), Stop);
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
        }
    }
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyFollowOnPostgresTests() : AgencyFollowTests(Product.Postgres);

/// <summary>How batches are kept in step with whoever dials for them, when their lists are long and several change them.</summary>
public abstract class AgencyFollowTests(Product product) : IAsyncLifetime
{
    private protected AgencyLab Lab { get; private set; } = null!;       // set before each test

    private AgencyHost Host => Lab.Host;
    private protected Database Database => Host.Node.Node.Database;
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    [Fact]
    public async Task A_look_reads_whoever_has_changed_and_whoever_waits_and_nobody_else()
    {
        string batch = await HeldAsync(await Lab.CampaignAsync(), 4);
        var row = await RowAsync(batch);
        var followed = new ContactFollowTable(Database);
        var (changed, now) = (new RowMark(row.CreatedAt, default), DateTimeOffset.UtcNow);
        var page = await followed.ReadAsync(row, changed, new(now, default), Stop);
        Assert.Empty(page.Contacts);
        Assert.Equal((true, false), (page.IsLast, page.IsTouched));

        string[] ids = [.. (await Lab.ContactsAsync(batch)).Select(one => (string)one["id"]!)];
        await WriteAsync("update rw_target set state = 'done', outcome = 'not_found', updated_at = @at where id = @id",
            new { id = ids[0], at = now });
        // What was over at the moment at which it was made has changed, too.
        await WriteAsync("update rw_target set state = 'done', outcome = 'country' where id = @id", new { id = ids[1] });
        await WriteAsync("update rw_target set due_at = @due where id = @id", new { id = ids[2], due = now.AddHours(1) });
        page = await followed.ReadAsync(row, changed, new(now, default), Stop);
        // The node looks, too: whoever is over already is read no more.
        Assert.Contains(ids[2], page.Contacts.Select(one => one.Id.ToString()));
        Assert.DoesNotContain(ids[3], page.Contacts.Select(one => one.Id.ToString()));
        page = await followed.ReadAsync(row, new(now.AddSeconds(1), default), new(now.AddHours(2), default), Stop);
        Assert.Empty(page.Contacts);

        var shown = (await Lab.ContactsAsync(batch)).ToDictionary(one => (string)one["id"]!);
        Assert.Equal(["failed not_found", "failed country_not_allowed", "scheduled ", "pending "], ids.Select(id =>
            $"{shown[id]["status"]} {(string?)shown[id]["block_reason"] ?? (string?)shown[id]["last_error"]}"));
        Assert.NotNull(shown[ids[2]]["next_attempt_at"]);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task Many_who_change_at_one_moment_are_read_once_each_page_by_page()
    {
        const int many = 2 * ContactFollowTable.Page + 200;
        string batch = await HeldAsync(await Lab.CampaignAsync(), many);
        var row = await RowAsync(batch);
        await WriteAsync("update rw_target set state = 'done', outcome = 'not_found', updated_at = @at where list_id = @list",
            new { list = row.ListId, at = DateTimeOffset.UtcNow });
        var followed = new ContactFollowTable(Database);
        var page = await followed.ReadAsync(row, new(row.CreatedAt, default), new(DateTimeOffset.UtcNow, default), Stop);
        var seen = page.Contacts.Select(one => one.Id).ToList();
        for (int pages = 1; !page.IsLast; pages++)
        {
            Assert.InRange(pages, 1, 3);
            page = await followed.ReadOnAsync(row, page, Stop);
            seen.AddRange(page.Contacts.Select(one => one.Id));
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal((many, 0), ((int)(await Lab.GetAsync(batch))["failed_count"]!, (int)(await Lab.GetAsync(batch))["pending_count"]!));
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_change_of_a_batch_and_one_of_its_campaign_at_once_both_hold()
    {
        string campaign = await Lab.CampaignAsync(), batch = await HeldAsync(campaign, 1);
        var row = await RowAsync(batch);
        for (int round = 1; round <= 8; round++)
        {
            await Task.WhenAll(
                Host.DoneAsync(200, Host.OwnerA, "PATCH", "/batches/" + batch, $$"""{"max_concurrent":{{round}} }"""),
                Host.DoneAsync(200, Host.OwnerA, "PATCH", "/batches/" + batch, $$"""{"name":"round {{round}}"}"""),
                Host.DoneAsync(200, Host.OwnerA, "PATCH", "/campaigns/" + campaign,
                    $$"""{"retry_policy":{"error_seconds":{{round}} } }"""));
            var shown = await Lab.GetAsync(batch);
            Assert.Equal((round, $"round {round}"), ((int)shown["max_concurrent"]!, (string?)shown["name"]));
            var terms = CampaignTerms.Read((await Database.Campaigns.FindAsync(row.Account, row.Id, Stop))!.Terms);
            Assert.Equal((round, TimeSpan.FromSeconds(round)), (terms.ConcurrentCalls, terms.RetryInterval));
        }
    }

    [Fact]
    public async Task Whoever_was_about_to_be_called_when_the_batch_was_paused_is_seen_to_wait_again()
    {
        string batch = await HeldAsync(await Lab.CampaignAsync(), 1);
        string id = (string)Assert.Single(await Lab.ContactsAsync(batch))["id"]!;
        // The try was seen, and then given back: the target has its time again.
        await WriteAsync("update campaign_contacts set status = 'calling', attempts = 1 where id = @id", new { id });
        await WriteAsync("update rw_target set updated_at = @at where id = @id", new { id, at = DateTimeOffset.UtcNow.AddSeconds(1) });
        var shown = Assert.Single(await Lab.ContactsAsync(batch));
        Assert.Equal(("pending", 0), ((string?)shown["status"], (int)shown["attempts"]!));
    }

    [Fact]
    public async Task A_contact_goes_with_whom_the_node_calls_or_both_stay()
    {
        string batch = await HeldAsync(await Lab.CampaignAsync(), 2);
        var row = await RowAsync(batch);
        string[] ids = [.. (await Lab.ContactsAsync(batch)).Select(one => (string)one["id"]!)];
        var contacts = new List<ContactRow>();
        foreach (string id in ids) contacts.Add((await new ContactTable(Database).FindAsync(row.TenantId, Guid.Parse(id), Stop))!);
        // He is called from here on, and who deletes has looked before.
        await WriteAsync("update rw_target set state = 'progressing' where id = @id", new { id = ids[0] });
        var gone = new List<bool>();
        foreach (var contact in contacts)
            gone.Add(await new WaitingContactTable(Database).DeleteAsync(contact, row, DateTimeOffset.UtcNow, new()
            {
                Tenant = row.TenantId, At = DateTimeOffset.UtcNow, By = AuditActor.Owner, Change = "deleted",
                RecordType = "campaign_contact", ResourceId = contact.Id.ToString(),
            }, Stop));
        Assert.Equal([false, true], gone);
        Assert.Equal(ids[0], (string?)Assert.Single(await Lab.ContactsAsync(batch))["id"]);
        Assert.Equal(1, (await Database.Targets.CountAsync(row.Account, row.ListId, Stop)).Total);
        Assert.Equal(1, (int)(await Lab.GetAsync(batch))["total_contacts"]!);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_retry_of_very_many_is_whole_and_calls_only_then()
    {
        const int more = 10_001;
        string batch = await HeldAsync(await Lab.CampaignAsync(), 1);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        string contact = (string)Assert.Single(await Lab.ContactsAsync(batch, "?status=failed"))["id"]!;
        await WriteAsync("""
            with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < @more)
            insert into campaign_contacts (id, tenant_id, campaign_id, batch_id, phone_number, custom_data, status, max_attempts,
                created_at, updated_at)
            select '00000000-0000-7000-8000-' || substr(cast(1000000000000 + n as text), 2, 12), tenant_id, campaign_id, batch_id,
                '+1555' || substr(cast(10000000 + n as text), 2, 7), custom_data, status, max_attempts, created_at, updated_at
            from campaign_contacts, numbers where id = @contact
            """, new { contact, more });
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/retry-failed", "{}");
        string again = (string)made["batch"]!["id"]!;
        Assert.Equal((more + 1, more + 1), ((int)made["contacts"]!["accepted"]!, (int)made["batch"]!["total_contacts"]!));
        Assert.Null((string?)made["batch"]!["failure_code"]);
        Assert.True((string?)made["batch"]!["status"] is "pending" or "processing", made.ToJsonString());
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{again}/cancel");
        var row = await RowAsync(again);
        Assert.Equal(more + 1, (await Database.Targets.CountAsync(row.Account, row.ListId, Stop)).Total);
    }

    /// <summary>Nobody is called for it.</summary>
    private protected async Task<string> HeldAsync(string campaign, int contacts) =>
        (string)(await Lab.BatchAsync(campaign, Enumerable.Range(1, contacts).Select(n => $"+1555040{n:0000}"),
            """{"hold":true}"""))["id"]!;

    private protected async Task<BatchRow> RowAsync(string batch) => (await new BatchTable(Database).FindAsync(
        new TenantId(Guid.Parse((string)Host.AccountA["id"]!)), Guid.Parse(batch), Stop))!;

    private async Task WriteAsync(string sql, object which) => await Database.Sql.WriteAsync(db => db.Execute(sql, which), Stop);
}
