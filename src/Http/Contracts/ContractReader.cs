using System.Text.Json;

namespace Ringwright.Http;

/// <summary>Builds a <see cref="Contract"/> from <c>contract.json</c> and its tables.</summary>
internal static class ContractReader
{
    private const string Extensions = "Extensions";

    /// <summary>What a row of the extensions says in place of a method when all paths that end so are known without it, too.</summary>
    private const string Suffix = "suffix";

    /// <summary>Status of a body that does not fit, where the contract does not say <c>bad_body_status</c>.</summary>
    private const int UsualBadBody = 422;

    public static Contract Read(Stream json, Envelope envelope, string quirks, string fields, string extensions,
        string roles, string parameterRules, string defaults)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var notes = Quirks.Read(quirks, extensions);
        var compiler = new SchemaCompiler(root.GetProperty("schemas"), notes);
        var parameters = root.TryGetProperty("parameters", out var shared)
            ? shared.EnumerateObject().ToDictionary(p => p.Name, p => ReadParameter(p.Value, compiler), StringComparer.Ordinal)
            : [];
        var codes = FieldCodes.Read(fields);
        var least = Roles.Read(roles);

        int badBody = root.TryGetProperty("bad_body_status", out var said) ? said.GetInt32() : UsualBadBody;
        var operations = new List<Operation>();
        foreach (var source in root.GetProperty("operations").EnumerateArray())
            operations.Add(ReadOperation(source, envelope, badBody, parameters, compiler, notes, codes, least));
        var rules = ParameterRules.Read(parameterRules, defaults);
        if (rules.Operations.Except(operations.Select(o => o.Id)).FirstOrDefault() is { } stray)
            throw new FormatException($"'{stray}' has rows for parameters and is no operation of the contract.");
        for (int i = 0; i < operations.Count; i++) operations[i] = operations[i] with { Rules = rules.Of(operations[i]) };
        var events = root.TryGetProperty("events", out var list)
            ? list.EnumerateArray().Select(e => ReadEvent(e, compiler)).ToList()
            : [];
        var (beside, aliases) = ReadExtensions(extensions, envelope, badBody, least, notes, operations, compiler);
        return new(envelope, operations, events, new(compiler.CompileAll()), beside, aliases);
    }

    private static Operation ReadOperation(
        JsonElement source, Envelope envelope, int badBody, Dictionary<string, Parameter> shared, SchemaCompiler compiler, Quirks quirks,
        FieldCodes codes, Roles roles)
    {
        string id = source.GetProperty("id").GetString()!;
        string path = source.GetProperty("path").GetString()!;
        string family = source.GetProperty("family").GetString()!;
        string method = source.GetProperty("method").GetString()!;
        bool isPublic = source.TryGetProperty("public", out var open) && open.GetBoolean();
        bool takesClient = source.TryGetProperty("schemes", out var schemes)
            && schemes.EnumerateArray().Any(s => s.GetString() is "oauthClientAuth");
        var errors = quirks.ErrorsOf(id, family);
        var replies = source.TryGetProperty("success", out var success)
            ? success.EnumerateObject().Select(s => new ReplyShape(int.Parse(s.Name), ReadContent(s.Value, compiler))).ToList()
            : [];
        return new()
        {
            Id = id,
            Method = method,
            Path = path,
            Family = family,
            Says = source.TryGetProperty("says", out var says) ? says.GetString()! : "",
            PathNames = PathTemplate.Names(path),
            Place = source.TryGetProperty("root", out _) ? OperationPlace.Host : quirks.PlaceOf(path),
            IsPublic = isPublic,
            TakesClient = takesClient,
            ChecksOwnQuery = quirks.ChecksOwnQuery(id),
            Role = isPublic || takesClient ? CallerRole.Public : roles.Of(id, family, method),
            Secrets = roles.SecretsOf(family),
            Parameters = source.TryGetProperty("parameters", out var parameters)
                ? [.. Merged(parameters.EnumerateArray()
                    .Select(p => p.ValueKind is JsonValueKind.String ? shared[p.GetString()!] : ReadParameter(p, compiler))
                    .Select(p => p with
                    {
                        IsOpen = quirks.IsOpen(id, p.Name),
                        Schema = SchemaCompiler.Widened(p.Schema, quirks.AlsoFor(id, p.Name))
                    }))]
                : [],
            Body = source.TryGetProperty("body", out var body)
                ? new(body.TryGetProperty("required", out var required) && required.GetBoolean(),
                    ReadContent(body.GetProperty("content"), compiler))
                : null,
            Replies = replies,
            Errors = errors,
            BadBodyStatus = errors is ErrorStyle.OAuth && !Declares(source, "422") && Declares(source, "400") ? 400 : badBody,
            ErrorWords = quirks.WordsOf(id),
            Envelope = envelope,
            IsBare = replies.FirstOrDefault(r => r.Json is not null)?.Json is { } reply && envelope.IsBare(reply),
            FieldCodes = codes.Of(id, family),
        };
    }

    /// <summary>
    /// Nine lists of the contract declare the parameter <c>filter</c> twice, with other fields each: it has the fields of both.
    /// </summary>
    private static IEnumerable<Parameter> Merged(IEnumerable<Parameter> parameters) =>
        parameters.GroupBy(p => (p.Name, p.In)).Select(same => same.Count() == 1 ? same.First()
            : same.First() with
            {
                IsRequired = same.Any(p => p.IsRequired),
                IsOpen = same.Any(p => p.IsOpen),
                Schema = Schema.OfAll([.. same.Select(p => p.Schema)])
            });

    private static bool Declares(JsonElement source, string status) =>
        source.TryGetProperty("errors", out var errors) && errors.EnumerateArray().Any(e => e.GetString() == status);

    private static Parameter ReadParameter(JsonElement source, SchemaCompiler compiler) => new(
        source.GetProperty("name").GetString()!,
        source.GetProperty("in").GetString() switch
        {
            "path" => ParameterPlace.Path,
            "header" => ParameterPlace.Header,
            _ => ParameterPlace.Query
        },
        source.TryGetProperty("required", out var required) && required.GetBoolean(),
        source.TryGetProperty("deep", out var deep) && deep.GetBoolean(),
        source.TryGetProperty("schema", out var schema) ? compiler.Compile(schema) : Schema.Anything);

    private static List<MediaBody> ReadContent(JsonElement source, SchemaCompiler compiler) =>
        [.. source.EnumerateObject().Select(c => new MediaBody(c.Name, compiler.Compile(c.Value)))];

    private static ContractEvent ReadEvent(JsonElement source, SchemaCompiler compiler) => new(
        source.GetProperty("name").GetString()!,
        source.GetProperty("family").GetString()!,
        [.. source.GetProperty("types").EnumerateArray().Select(t => t.GetString()!)],
        compiler.Compile(source.GetProperty("schema")));

    private static (List<Operation>, List<PathAlias>) ReadExtensions(
        string text, Envelope envelope, int badBody, Roles roles, Quirks quirks, List<Operation> contract, SchemaCompiler compiler)
    {
        var operations = new List<Operation>();
        var aliases = new List<PathAlias>();
        foreach (var row in Rows.Of(text, "method", "path", "operation", "stands_for", "note"))
        {
            if (row[0] == Quirks.ExtensionValue) continue;
            if (row[0] == Suffix) aliases.AddRange(WithoutSuffix(row[1], contract));
            else if (row[3] != "-") aliases.Add(AliasOf(row[0], row[1], row[3]));
            else
            {
                var like = quirks.LikeOf(row[2]) is { } id ? contract.First(o => o.Id == id) : null;
                operations.Add(new()
                {
                    Id = row[2], Method = row[0], Path = row[1], Family = Extensions, PathNames = PathTemplate.Names(row[1]),
                    Says = row[4] == "-" ? "" : row[4],
                    Role = like?.TakesClient is true ? CallerRole.Public : roles.Of(row[2], Extensions, row[0]),
                    Body = like?.Body ?? (quirks.BodyOf(row[2]) is { } body ? new(IsRequired: false,
                        [new("application/json", compiler.Compile(body))]) : null),
                    TakesClient = like?.TakesClient is true,
                    Errors = like?.Errors ?? ErrorStyle.Errors,
                    BadBodyStatus = like?.BadBodyStatus ?? badBody,
                    Envelope = envelope,
                    // What is gone has nothing to be shown.
                    Replies = row[0] is "DELETE" ? [new(200, []), new(204, [])] : [new(200, [])],
                });
            }
        }

        return (operations, aliases);
    }

    /// <param name="standsFor">
    /// A path, or a method and a path where the operation there is asked for by another method than its own.
    /// </param>
    private static PathAlias AliasOf(string method, string path, string standsFor) => standsFor.Split(' ') is [var own, var there]
        ? new(path, there, own, AskedBy: method) : new(path, standsFor, method is "*" ? null : method);

    /// <summary>Where another operation has the path without its end, the methods that this one lacks.</summary>
    private static IEnumerable<PathAlias> WithoutSuffix(string suffix, List<Operation> contract)
    {
        var methods = contract.ToLookup(o => o.Path, o => o.Method, StringComparer.Ordinal);
        foreach (string path in contract.Select(o => o.Path).Where(path => path.EndsWith(suffix, StringComparison.Ordinal)).Distinct())
        {
            string bare = path[..^suffix.Length];
            if (!methods.Contains(bare)) yield return new(bare, path, Method: null);
            else foreach (string method in methods[path].Except(methods[bare])) yield return new(bare, path, method);
        }
    }
}
