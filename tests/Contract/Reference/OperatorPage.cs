using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Operator;
using Ringwright.Testing;

namespace Ringwright.Contract.Reference;

/// <summary>
/// Writes <c>docs/reference/operator-api.md</c> from <c>contracts/operator</c>: operations by family, then what goes in and out.
/// </summary>
internal static class OperatorPage
{
    private static readonly JsonObject Contract = JsonNode.Parse(File.ReadAllText(Repository.PathOf("contracts", "operator",
        "contract.json")))!.AsObject();

    public static string Write()
    {
        var operations = Contract["operations"]!.AsArray().Select(operation => operation!.AsObject()).ToList();
        var text = new StringBuilder($$$"""
            # The operator's API

            {{{operations.Count}}} operations below `{{{OperatorDialect.Root}}}`, on the admin listener (`--admin`, `http://127.0.0.1:8081` when nothing is said) and on
            the socket in the data folder, `admin.sock`. The program's own commands are clients of it, on the socket. Written from
            `contracts/operator/contract.json`.

            **Who may.** Who may open the socket owns the node. On TCP the operator key is asked for (`Authorization: Bearer KEY`) as soon as the
            listener is reached from beyond loopback, or `--operator-key` gives one; a listener on loopback without one is open to everybody on the
            machine, apart from operations with a `*`: they are answered on the socket, and on TCP only where the key is asked for. A key of an account
            is never an operator key. Snapshots are saved and loaded on the socket only. Why: [ADR 78](../adr/0078-modules-and-one-operator-api.md).

            **Shapes.** A body is JSON unless it says otherwise. Answers have their object or list in `data`; a list has `meta` beside it and takes
            `page[number]` and `page[size]` (20, at most 250). An error is `{"errors":[{"code","title","detail","source":{"pointer"}}]}`: `code` is
            stable, `detail` is a sentence for people.

            | code | status | |
            |---|---|---|

            """);
        foreach (string[] row in File.ReadLines(Repository.PathOf("contracts", "operator", "errors.tsv")).Skip(1)
            .Select(line => line.Split('\t')))
            text.Append($"| `{row[0]}` | {row[2]} | {row[1]} |\n");
        foreach (var family in operations.GroupBy(operation => (string)operation["family"]!))
        {
            text.Append($"\n## {family.Key}\n\n| operation | takes | answers | |\n|---|---|---|---|\n");
            foreach (var operation in family)
                text.Append($"| `{operation["method"]} {operation["path"]}`{((bool?)operation["guarded"] ?? false ? " *" : "")} | "
                    + $"{Takes(operation)} | {Answers(operation)} | {operation["says"]} |\n");
        }
        text.Append("\n## What goes in and out\n\nFields of a body that must be there are **bold**.\n");
        foreach (var (name, schema) in Contract["schemas"]!.AsObject().OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (name == "Meta") continue;
            text.Append($"\n### {name}\n\n| field | |\n|---|---|\n");
            // What is shown has all its fields; what is asked for says which it must have.
            bool isAsked = schema!["additionalProperties"] is not null;
            var required = isAsked ? schema["required"]?.AsArray().Select(r => (string)r!).ToHashSet(StringComparer.Ordinal) ?? [] : [];
            foreach (var (field, type) in schema["properties"]!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal))
                text.Append($"| {(required.Contains(field) ? $"**`{field}`**" : $"`{field}`")} | {Words(type!)} |\n");
        }
        return text.ToString();
    }

    private static string Takes(JsonObject operation)
    {
        var parts = new List<string>();
        foreach (string? name in operation["parameters"]?.AsArray().Select(p => (string?)p) ?? [])
        {
            var parameter = Contract["parameters"]![name!]!;
            if ((string?)parameter["in"] is "query" && name != "page")
                parts.Add($"`?{parameter["name"]}=`{((bool?)parameter["required"] ?? false ? "" : " (optional)")}");
        }
        foreach (var (type, schema) in operation["body"]?["content"]?.AsObject() ?? [])
            parts.Add(schema!["$ref"] is { } named ? Link($"{named}") : $"`{type}`");
        return string.Join(", ", parts);
    }

    private static string Answers(JsonObject operation)
    {
        var (status, content) = operation["success"]!.AsObject().First();
        var (type, schema) = content!.AsObject().First();
        if (type != "application/json") return $"{status}, `{type}`";
        var data = schema!["properties"]!["data"]!;
        return $"{status}, {(data["items"] is { } items ? $"a list of {Words(items)}" : Words(data))}";
    }

    private static string Words(JsonNode schema)
    {
        if (schema["$ref"] is { } named) return Link($"{named}");
        string words = schema["enum"] is JsonArray values ? string.Join(", ", values.Where(v => v is not null).Select(v => $"`{v}`"))
            : (string?)schema["type"] switch
            {
                "array" => $"list of {Words(schema["items"]!)}",
                "object" => schema["properties"] is JsonObject fields ? string.Join("; ", fields.Select(f =>
                    $"`{f.Key}`: {Words(f.Value!)}")) is var inner ? $"{{ {inner} }}" : "" : "object",
                var type => type ?? "anything",
            };
        var bounds = new List<string>();
        if (schema["minimum"] is { } least) bounds.Add($"from {least}");
        if (schema["maximum"] is { } most) bounds.Add($"to {most}");
        if (schema["maxLength"] is { } longest) bounds.Add($"at most {longest} characters");
        if (schema["maxItems"] is { } items) bounds.Add($"at most {items} of them");
        if (schema["default"] is { } given) bounds.Add($"`{given.ToJsonString().Trim('"')}` when not given");
        if (bounds.Count > 0) words += $" ({string.Join(", ", bounds)})";
        return (bool?)schema["nullable"] is true ? words + ", or null" : words;
    }

    private static string Link(string name) => $"[{name}](#{name.ToLowerInvariant()})";
}
