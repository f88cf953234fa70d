using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance;

/// <summary>What a good request gets when one thing about it is wrong: nothing is done, and the answer says what it is.</summary>
internal sealed class Refusals(ConformanceNode node, Row row, Action<Operation, string> fault)
{
    /// <param name="good">A request that would succeed; it still must, after this.</param>
    /// <param name="every">A body with every field that fits its schema.</param>
    public async Task CheckAsync(Ask good, JsonObject? every = null)
    {
        await CheckKeyAsync(good);
        if (!row.IsEverybodys && good.Path.Count > 0) await CheckIdsAsync(good);
        await CheckBodyAsync(good, every);
        await CheckQueryAsync(good);
        await CheckParametersAsync(good, every);
    }

    private async Task CheckKeyAsync(Ask good)
    {
        var operation = good.Operation;
        if (operation.IsPublic) return;
        var answer = await node.Nobody.SendAsync(good);
        if (answer.Status != 401 || (operation.Errors is not ErrorStyle.Xml && answer.Code != "10009"))
            fault(operation, $"without a key: {answer}");
    }

    private async Task CheckIdsAsync(Ask good)
    {
        var (status, code) = UnknownIds.Of(good.Operation);
        for (int i = 0; i < good.Path.Count; i++)
            foreach (string id in new[] { UnknownIds.Unlike(good.Path[i]), "no such id", "%00", new string('9', 300) })
            {
                var answer = await node.Owner.SendAsync(good with { Path = [.. good.Path.Take(i), id, .. good.Path.Skip(i + 1)] });
                if (answer.Status != status || answer.Code != code)
                    fault(good.Operation,
                        $"{good.Operation.PathNames[i]} '{(id.Length > 40 ? id[..40] : id)}' must be {status} {code}: {answer}");
            }
        if (good.Operation.IsPublic) return;
        var theirs = await node.Stranger.SendAsync(good);
        if (theirs.Status != status || theirs.Code != code)
            fault(good.Operation, $"another account's id must be {status} {code}: {theirs}");
    }

    private async Task CheckBodyAsync(Ask good, JsonObject? body)
    {
        if (good.MediaType != "application/json" || good.Schema is not { } schema || body is null) return;
        using (var document = JsonDocument.Parse(body.ToJsonString()))
            if (SchemaCheck.Run(schema, document.RootElement).Violations is [var first, ..])
            {
                fault(good.Operation, $"the whole request does not fit its schema: {first.Pointer} {first.Detail}\n{body}");
                return;
            }
        foreach (var spoilt in Spoilt.All(schema, body))
        {
            if (row.Open.Contains(spoilt.Pointer)) continue;
            string field = spoilt.Pointer[(spoilt.Pointer.LastIndexOf('/') + 1)..];
            string code = spoilt.Fault is not Fault.MissingField && good.Operation.FieldCodes.TryGetValue(field, out var own) ? own
                : TelnyxFiles.Errors.CodeOf(spoilt.Fault);
            var answer = await node.Owner.SendAsync(good with { Body = spoilt.Body });
            if (answer.Status != good.Operation.BadBodyStatus || !answer.Points(code, spoilt.Pointer))
                fault(good.Operation,
                    $"{spoilt.Fault} at {spoilt.Pointer} must be {good.Operation.BadBodyStatus} {code}: "
                    + $"{answer}\n{spoilt.Body.ToJsonString()}");
        }
    }

    private async Task CheckQueryAsync(Ask good)
    {
        if (good.Operation.ChecksOwnQuery) return;
        foreach (var (query, status, code) in Queries(good.Operation))
        {
            var answer = await node.Owner.SendAsync(good with { Query = Joined(good.Query, query) });
            if (answer.Status != status || answer.Code != code || !answer.IsProblem)
                fault(good.Operation, $"?{query} must be {status} {code}: {answer}");
        }
    }

    /// <summary>Each parameter that is refused, asked for something: the answer names it, and says that it is not built.</summary>
    private async Task CheckParametersAsync(Ask good, JsonObject? every)
    {
        foreach (var rule in good.Operation.Refused)
        {
            var ask = rule.In switch
            {
                // a body's parameter has a body
                ParameterPlace.Body => good with { Body = RefusedFields.Asking(good.Operation, good.Schema!, rule, every ?? []) },
                ParameterPlace.Header => good with { Headers = new Dictionary<string, string> { [rule.Name] = "anything" } },
                _ => good with
                {
                    Query = Joined(good.Query,
                        $"{rule.Name}="
                        + $"{Uri.EscapeDataString(RefusedFields.ValueFor(good.Operation.FindQuery(rule.Name)?.Schema).ToString())}")
                },
            };
            var answer = await node.Owner.SendAsync(ask);
            if (answer.Status != 422 || !answer.IsProblem || answer.Detail is not { } detail
                    || !detail.StartsWith($"10041: {rule.Name.Replace('/', '.')} ", StringComparison.Ordinal))
                fault(good.Operation, $"{rule.In} {rule.Name} must be refused by its name: {answer}\n{ask.Body}");
        }
    }

    private static IEnumerable<(string Query, int Status, string Code)> Queries(Operation operation)
    {
        bool isList = operation.Method is "GET" && operation.FindQuery("page") is { IsDeep: true };
        if (isList)
        {
            var page = operation.FindQuery("page")!.Schema;
            if (page.FindProperty("number") is not null) yield return ("page[number]=-1", 422, "10015");
            foreach (string size in new[] { "size", "limit" })
                if (page.FindProperty(size) is { } bound)
                {
                    yield return ($"page[{size}]=0", 422, "10015");
                    yield return ($"page[{size}]=x", 422, "10015");
                    yield return ($"page[{size}]={(bound.Maximum ?? 250) + 1}", 422, "10015");
                }
            if (operation.FindQuery("filter") is { IsDeep: true }) yield return ("filter[no_such_field]=1", 400, "10031");
            if (operation.FindQuery("sort") is { IsDeep: false, Schema.Texts: not null }) yield return ("sort=no_such_field", 400, "10018");
        }
        foreach (var parameter in operation.Parameters)
        {
            if (parameter is not { In: ParameterPlace.Query, IsDeep: false } || parameter.Name is "sort" || parameter.Name.Contains('['))
                continue;
            bool isPage = parameter.Name is "page" or "page_size" or "recordsPerPage";
            if (parameter.Schema.Types is JsonTypes.Integer || parameter.Schema.Texts is not null)
                yield return ($"{parameter.Name}=~", 422, "10015");
            if (parameter.Schema is { Types: JsonTypes.Integer, Maximum: { } most })
                yield return ($"{parameter.Name}={most + 1}", 422, "10015");
            if (parameter.Schema is { Types: JsonTypes.Integer, Minimum: { } least } && !isPage)
                yield return ($"{parameter.Name}={least - 1}", 422, "10015");
        }
    }

    /// <summary>The first query without what the second one says itself.</summary>
    public static string Joined(string query, string more)
    {
        string name = more.Split('=')[0];
        return string.Join('&', query.Split('&').Where(part => part.Length > 0 && part.Split('=')[0] != name).Append(more));
    }
}
