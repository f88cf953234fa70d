using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Edge.Store;
using Ringwright.Http;

namespace Ringwright.Edge.Agency;

/// <summary>Section L of the agency's cases: the functions of the documents.</summary>
public sealed class AgencyFunctionTests
{
    private const string Root = "/functions/v1/";

    [Fact]
    public void Each_function_is_an_operation_that_is_in_or_says_why_not()
    {
        var contract = AgencyContract.Read();
        var table = AgencyBindings.ReadOnly(contract);
        var functions = contract.Operations.Where(one => one.Place is OperationPlace.Host).ToList();
        Assert.All(functions, one => Assert.StartsWith(Root, one.Path, StringComparison.Ordinal));
        Assert.Equal(AgencyFunction.All.Select(one => one.Name).Order(StringComparer.Ordinal),
            functions.Where(one => table[one].IsReal).Select(one => one.Id).Order(StringComparer.Ordinal));
        Assert.All(AgencyFunction.All, one => Assert.True(table[contract.Find(one.Operation)!].IsReal, $"{one.Operation} is not in"));
        Assert.Equal((33, 33), (functions.Count, AgencyFunction.All.Count));
    }

    [Fact]
    public async Task Functions_do_what_the_operations_do_for_whoever_may()
    {
        // Cases F01, F02 and F04.
        await using var lab = await AgencyLab.StartAsync(Product.Sqlite);
        var host = lab.Host;
        string owner = host.OwnerA, unknown = Guid.NewGuid().ToString();
        var (_, member) = await host.UserAsync(owner, "ma", "agency_member");

        var assigned = await DoneAsync(200, owner, "POST", "agents-assign",
            $$"""{"assignments":[{"agent_id":"{{lab.Agent}}","default_direction":"outbound"},{"agent_id":"{{unknown}}"}]}""");
        Assert.Equal((false, 2, 1, 1), ((bool)assigned["success"]!, (int)assigned["summary"]!["total"]!,
            (int)assigned["summary"]!["successful"]!, (int)assigned["summary"]!["failed"]!));
        var updated = await DoneAsync(200, owner, "PATCH", "agents-update", $$"""{"agent_id":"{{lab.Agent}}","name":"Berta"}""");
        Assert.Equal((lab.Agent, "Berta"), ((string?)updated["id"], (string?)updated["name"]));
        Assert.Equal("Berta", (string?)(await host.DoneAsync(200, owner, "GET", "/agents/" + lab.Agent))["name"]);
        await DoneAsync(404, host.OwnerB, "PATCH", "agents-update", $$"""{"agent_id":"{{lab.Agent}}","name":"Mine"}""");
        await DoneAsync(403, member, "PATCH", "agents-update", $$"""{"agent_id":"{{lab.Agent}}","name":"Mine"}""");

        var number = Assert.Single((await DoneAsync(200, owner, "GET", "phone-numbers-list"))["numbers"]!.AsArray())!;
        string id = (string)number["id"]!;
        var held = await DoneAsync(200, owner, "POST", "phone-numbers-assign",
            $$"""{"phone_number_id":"{{id}}","agent_mapping_id":"{{lab.Agent}}"}""");
        Assert.Equal(lab.Agent, (string?)held["agent_mapping_id"]);
        Assert.Equal(id, (string?)(await DoneAsync(200, member, "GET", $"phone-numbers-assign?phone_number_id={id}"))["id"]);
        held = await DoneAsync(200, owner, "DELETE", $"phone-numbers-assign?phone_number_id={id}");
        Assert.Null(held["agent_mapping_id"]);
        await DoneAsync(400, owner, "DELETE", "phone-numbers-assign");

        string batch = (string)(await lab.BatchAsync(await lab.CampaignAsync(), [AgencyLab.Number("busy")],
            """{"hold":true}"""))["id"]!;
        string pause = $$"""{"batch_id":"{{batch}}"}""";
        await DoneAsync(400, owner, "POST", "calls-batch-pause", "{}");
        await DoneAsync(405, owner, "GET", "calls-batch-pause");
        await DoneAsync(403, member, "POST", "calls-batch-pause", pause);
        await DoneAsync(404, host.OwnerB, "POST", "calls-batch-pause", pause);
        await DoneAsync(401, null, "POST", "calls-batch-pause", pause);
        // It is paused already: these paths know no 409.
        await DoneAsync(400, owner, "POST", "calls-batch-pause", pause);
        await host.RefusedAsync(409, "invalid_state", owner, "POST", $"/batches/{batch}/pause");

        var heat = await DoneAsync(200, owner, "GET", "dashboard-heatmap");
        Assert.Equal(["best_times", "heatmap", "metric", "period"], heat.Select(one => one.Key).Order(StringComparer.Ordinal));
        await DoneAsync(200, lab.Viewer, "GET", "dashboard-overview");
        Assert.Equal("missing_credentials", (string?)(await DoneAsync(400, owner, "POST", "agents-sync"))["error"]!["code"]);
        Assert.Equal("missing_credentials", (string?)(await DoneAsync(400, owner, "POST", "voices-sync", "{}"))["error"]!["code"]);

        // What another agency has is not there, by each function that names something.
        var things = new Dictionary<string, string>
        {
            ["agent_id"] = lab.Agent, ["phone_number_id"] = id, ["batch_id"] = batch, ["job_id"] = unknown,
        };
        var contract = AgencyContract.Read();
        foreach (var one in AgencyFunction.All.Where(one => one.Names.Length > 0))
        {
            var operation = contract.Find(one.Name)!;
            string name = operation.Path[Root.Length..], thing = things[one.Names];
            var body = new JsonObject { [one.Names] = thing };
            if (one.Operation is "AssignNumber") body["agent_mapping_id"] = unknown;
            if (one.IsInQuery) await DoneAsync(404, host.OwnerB, operation.Method, $"{name}?{one.Names}={thing}");
            else await DoneAsync(404, host.OwnerB, operation.Method, name, body.ToJsonString());
        }

        async Task<JsonObject> DoneAsync(int status, string? token, string method, string name, string? json = null)
        {
            var (got, body) = await host.FunctionAsync(token, method, Root + name, json);
            Assert.True(got == status, $"{method} {name}: {got} {body?.ToJsonString()}");
            return body?.AsObject() ?? [];
        }
    }
}
