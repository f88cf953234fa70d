using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Which numbers go to which trunk: the longest prefix wins, then the lower priority, then the higher weight.</summary>
internal static class Routes
{
    public static async ValueTask<Reply> List(OperationContext op, RouteTable routes)
    {
        var all = await routes.ListAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(Show)], all.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, RouteTable routes) =>
        await FindAsync(op, routes) is { } found ? op.Ok(Show(found)) : op.Unknown("id");

    public static async ValueTask<Reply> Create(OperationContext op, RouteTable routes)
    {
        var problems = new List<Problem>();
        var route = Read(op.ReadObject(), new Route { Id = Guid.CreateVersion7(op.Now), Trunk = default }, problems);
        if (problems.Count > 0) return op.Fail(problems);

        if (await routes.InsertAsync(route, op.Stop) is WriteOutcome.Missing) return NoTrunk(op);
        return op.Created(Show((await routes.FindAsync(route.Id, op.Stop))!));      // just written; only the operator deletes
    }

    public static async ValueTask<Reply> Update(OperationContext op, RouteTable routes)
    {
        if (await FindAsync(op, routes) is not { } found) return op.Unknown("id");
        var problems = new List<Problem>();
        var route = Read(op.ReadObject(), found.Value, problems);
        if (problems.Count > 0) return op.Fail(problems);

        if (await routes.UpdateAsync(route, op.Stop) is WriteOutcome.Missing) return NoTrunk(op);
        return await routes.FindAsync(route.Id, op.Stop) is { } written ? op.Ok(Show(written)) : op.Unknown("id");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, RouteTable routes)
    {
        if (await FindAsync(op, routes) is not { } found) return op.Unknown("id");
        return await routes.DeleteAsync(found.Value.Id, op.Stop) is WriteOutcome.Done ? op.Ok(Show(found)) : op.Unknown("id");
    }

    private static Route Read(JsonObject body, Route route, List<Problem> problems)
    {
        foreach (var (name, value) in body)
        {
            route = name switch
            {
                "trunk_id" => route with { Trunk = Trunk(value!.GetValue<string>(), problems) },
                "prefix" => route with { Prefix = Prefix(value!.GetValue<string>(), problems) },
                "priority" => route with { Priority = (int)(double)value! },
                "weight" => route with { Weight = (int)(double)value! },
                "enabled" => route with { IsEnabled = value!.GetValue<bool>() },
                "caller_id" => route with { CallerId = CallerId((string?)value, problems) },
                _ => Unknown(name, route),
            };
        }
        return route;

        Route Unknown(string name, Route same)
        {
            problems.Add(new("invalid", $"A route has no field '{name}'.") { Pointer = Pointers.Of(name) });
            return same;
        }
    }

    private static TrunkId Trunk(string text, List<Problem> problems)
    {
        if (Guid.TryParse(text, out var id)) return new(id);
        problems.Add(new("unknown_reference", "trunk_id names no trunk.") { Pointer = "/trunk_id" });
        return default;
    }

    private static string Prefix(string text, List<Problem> problems)
    {
        bool isShort = text.Length is >= 3 and <= 6 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        if (!isShort && !E164.IsBeginning(text))
            problems.Add(new("invalid",
                "prefix must be + and up to 15 digits, the first of which is the country code's and not 0 (+ alone matches every number), "
                    + "or a short number such as 911 for emergency calls of phones.")
            {
                Pointer = "/prefix"
            });
        return text;
    }

    private static string? CallerId(string? text, List<Problem> problems)
    {
        if (text is not null && !E164.TryParse(text, out _))
            problems.Add(new("invalid", "caller_id must be a phone number in +E.164 format, or null.") { Pointer = "/caller_id" });
        return text;
    }

    private static async ValueTask<Stored<Route>?> FindAsync(OperationContext op, RouteTable routes) =>
        Guid.TryParse(op.Path("id"), out var id) ? await routes.FindAsync(id, op.Stop) : null;

    private static Reply NoTrunk(OperationContext op) => op.Unknown("trunk_id", "trunk_id names no trunk.");

    private static JsonObject Show(Stored<Route> stored)
    {
        var route = stored.Value;
        return new()
        {
            ["id"] = route.Id.ToString(),
            ["record_type"] = "route",
            ["trunk_id"] = route.Trunk.ToString(),
            ["prefix"] = route.Prefix,
            ["priority"] = route.Priority,
            ["weight"] = route.Weight,
            ["enabled"] = route.IsEnabled,
            ["caller_id"] = route.CallerId,
            ["created_at"] = OperatorTime.Write(stored.CreatedAt),
            ["updated_at"] = OperatorTime.Write(stored.UpdatedAt),
        };
    }
}
