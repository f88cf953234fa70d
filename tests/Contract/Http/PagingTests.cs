using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Telnyx;
using Ringwright.Testing;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

/// <summary>
/// Each list of the contract over real HTTP, bound to five rows of its own shape: its names for pages, its defaults and caps, its reply.
/// </summary>
public sealed class PagingTests
{
    private const int Rows = 5;

    /// <summary>Lists of resources: a GET whose reply has one array of objects at its top.</summary>
    private static IEnumerable<Operation> Lists => TelnyxFiles.Contract.Operations.Where(o =>
        o is { Method: "GET", IsOfOne: false, Place: OperationPlace.Root } && o.FindReply(o.SuccessStatus)?.Json is { } reply
        && ResourceShape.ItemSchema(o) is { } item && ArrayOf(reply) is not null);

    private static string? ArrayOf(Schema reply) => reply.FindProperty("data") is { Items: not null } ? "data"
        : reply.FindProperty("data") is null
            && reply.AllProperties().Where(p => p.Value.Items is { HasProperties: true }).ToList() is [var only] ? only.Key : null;

    private static string QueryOf(Operation operation) =>
        string.Concat(operation.Parameters
            .Where(p => p is { In: ParameterPlace.Query, IsRequired: true, IsDeep: false, Name: not ("page" or "page_size") })
            .Select(p => $"&{p.Name}={EveryOperation.ValueFor(p.Schema)}"));

    /// <summary>All of them on one host, each with rows of its own.</summary>
    private static async Task<ApiHost> HostAsync(params IReadOnlyList<Operation> operations)
    {
        var rows = new Dictionary<string, MemoryRows>(StringComparer.Ordinal);
        foreach (var operation in operations) await FillAsync(operation, rows[operation.Id] = new());
        return await ApiHost.StartAsync(new()
        {
            IsStrict = false, Rows = kind => rows[kind.RecordType],
            Bindings = [.. operations.Select(o => Crud(o.Id, new ResourceKind(o.Id)))]
        });
    }

    private static async Task FillAsync(Operation operation, MemoryRows rows)
    {
        var item = ResourceShape.ItemSchema(operation)!;
        for (int i = 0; i < Rows; i++)
        {
            var body = new SampleBodies(new Rng((ulong)i + 1), BodyDirection.Reply).Make(item)!.AsObject();
            foreach (string own in (string[])["id", "created_at", "updated_at"]) body.Remove(own);
            var at = new DateTimeOffset(2026, 1, 1, 0, 0, i, TimeSpan.Zero);
            await rows.InsertAsync(new()
            {
                Id = Guid.NewGuid().ToString(), Tenant = ApiHost.Tenant, Body = body, CreatedAt = at, UpdatedAt = at
            }, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Every_list_gives_each_row_once_page_by_page_in_the_shape_of_its_reply()
    {
        var faults = new List<string>();
        var lists = Lists.Where(o => PagingNames.Of(o).SizeSchema is not null).ToList();
        Assert.True(lists.Count > 110, $"{lists.Count} lists have pages");
        await using var api = await HostAsync(lists);
        foreach (var operation in lists)
        {
            var names = PagingNames.Of(operation);
            var reply = operation.FindReply(operation.SuccessStatus)!.Json!;
            string field = ArrayOf(reply)!;
            int seen = 0;
            for (int number = names.First; number < names.First + 3; number++)
            {
                string path = $"{EveryOperation.PathOf(operation)}?{names.Number}={number}&{names.Size}=2{QueryOf(operation)}";
                var page = await api.JsonAsync(HttpStatusCode.OK, "GET", path);
                seen += page[field]!.AsArray().Count;
                if (page[field]!.AsArray().Count > 2) faults.Add($"{operation}: a page of {page[field]!.AsArray().Count}");
                if (reply.FindProperty("meta")?.FindProperty("total_results") is not null && (int)page["meta"]!["total_results"]! != Rows)
                    faults.Add($"{operation}: meta {page["meta"]}");
                if (reply.FindProperty("meta")?.FindProperty("page_number") is not null && (int)page["meta"]!["page_number"]! != number)
                    faults.Add($"{operation}: meta {page["meta"]}");
                if (reply.FindProperty("totalRecords") is not null && (int)page["totalRecords"]! != Rows)
                    faults.Add($"{operation}: {page["totalRecords"]}");
                foreach (var (name, _) in page)
                    if (reply.FindProperty(name) is null && name is not "meta") faults.Add($"{operation}: {name} is not in the contract");
            }
            if (seen != Rows) faults.Add($"{operation}: {seen} rows");
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Every_list_has_the_default_and_the_cap_of_its_contract()
    {
        foreach (var operation in Lists)
        {
            var names = PagingNames.Of(operation);
            if (names.SizeSchema is not { } size || operation.FindQuery(names.Size) is { IsRequired: true }) continue;
            int cap = (int)(size.Maximum ?? Limits.PageSize);
            (int Size, string? Code) Read(string query)
            {
                var (list, problem) = QueryReader.Read(operation, TelnyxForm.Form, TelnyxFiles.Errors,
                    QueryValues.Parse($"?{query}{QueryOf(operation)}"), null, default);
                return (list.Size, problem?.Code);
            }

            Assert.Equal((PageQuery.DefaultOf(size) ?? Limits.UsualPageSize, null), Read(""));
            Assert.Equal(Read(""), Read($"{names.Size}=&{names.Number}="));
            Assert.Equal((cap, null), Read($"{names.Size}={cap}"));
            Assert.Equal("10015", Read($"{names.Size}={cap + 1}").Code);
            Assert.Equal("10015", Read($"{names.Size}=0").Code);
            Assert.Equal("10015", Read($"{names.Number}={names.First - 1}").Code);
        }
    }

    [Fact]
    public async Task A_list_that_counts_from_nought_links_its_neighbours()
    {
        var operation = TelnyxFiles.Operation("GetTexmlCalls");
        await using var api = await HostAsync(operation);
        string path = EveryOperation.PathOf(operation);
        var first = await api.JsonAsync(HttpStatusCode.OK, "GET", $"{path}?PageSize=2");
        Assert.Equal((0, 2, 0, 1), ((int)first["page"]!, (int)first["page_size"]!, (int)first["start"]!, (int)first["end"]!));
        Assert.Equal($"{path}?Page=1&PageSize=2", (string)first["next_page_uri"]!);
        Assert.Equal($"{path}?Page=0&PageSize=2", (string)first["first_page_uri"]!);
        var last = await api.JsonAsync(HttpStatusCode.OK, "GET",
            (string)first["next_page_uri"]! is var next ? next.Replace("Page=1", "Page=2", StringComparison.Ordinal) : "");
        Assert.Equal((2, 4, 4, 1), ((int)last["page"]!, (int)last["start"]!, (int)last["end"]!, last["calls"]!.AsArray().Count));
        Assert.Null(last["next_page_uri"]);
    }
}
