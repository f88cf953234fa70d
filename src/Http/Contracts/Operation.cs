using System.Collections.Frozen;

namespace Ringwright.Http;

/// <summary>One operation of a contract: facts only. What answers it is its <see cref="Binding"/>.</summary>
public sealed record Operation
{
    public required string Id { get; init; }
    /// <summary>In upper case.</summary>
    public required string Method { get; init; }
    /// <summary>As in the contract, without the root: <c>/things/{id}/actions/open</c>.</summary>
    public required string Path { get; init; }
    public required string Family { get; init; }
    /// <summary>What it does, for people, where the contract says it; otherwise empty.</summary>
    public string Says { get; init; } = "";
    public OperationPlace Place { get; init; }
    /// <summary>Needs no key.</summary>
    public bool IsPublic { get; init; }
    /// <summary>A program shows who it is by its own credentials, in a Basic header or in the body; the handler checks them.</summary>
    public bool TakesClient { get; init; }
    /// <summary>The handler checks the query, because it does not always answer whoever asks.</summary>
    public bool ChecksOwnQuery { get; init; }
    /// <summary>The least role that may ask for it.</summary>
    public CallerRole Role { get; init; }
    /// <summary>Fields of the family's resources that not everybody reads who may ask.</summary>
    public IReadOnlyList<SecretField> Secrets { get; init; } = [];
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];
    public RequestBody? Body { get; init; }
    /// <summary>What becomes of each parameter; empty for an operation that is not there.</summary>
    public IReadOnlyList<ParameterRule> Rules { get; init; } = [];
    /// <summary>Those of <see cref="Rules"/> that are refused.</summary>
    public IReadOnlyList<ParameterRule> Refused => field ??= [.. Rules.Where(r => r.Effect is ParameterEffect.Refused)];
    /// <summary>Those of <see cref="Rules"/> that act and that only newer clients know.</summary>
    public IReadOnlyList<ParameterRule> Newer => field ??=
        [.. Rules.Where(r => r is { Effect: ParameterEffect.Acts, IsOfContract: false })];
    /// <summary>The declared 2xx and 3xx statuses with their bodies, in the contract's order.</summary>
    public IReadOnlyList<ReplyShape> Replies { get; init; } = [];
    public ErrorStyle Errors { get; init; }
    /// <summary>The contract's.</summary>
    public Envelope Envelope { get; init; } = Envelope.Data;
    /// <summary>The reply's object stands alone, without the envelope.</summary>
    public bool IsBare { get; init; }
    /// <summary>Fields that have an error code of their own when their value is wrong.</summary>
    public IReadOnlyDictionary<string, string> FieldCodes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Status of a body that does not fit its schema.</summary>
    public required int BadBodyStatus { get; init; }
    /// <summary>Where <see cref="Errors"/> are OAuth's: the word for a bad body, under the empty name, and those for bad fields.</summary>
    public IReadOnlyDictionary<string, string> ErrorWords { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The word for what is wrong at <paramref name="pointer"/>; null when the operation has none of its own.</summary>
    public string? WordOf(string pointer) =>
        pointer.Length > 1 && ErrorWords.TryGetValue(pointer[1..].Split('/')[0], out string? word) ? word
            : ErrorWords.GetValueOrDefault("");

    /// <summary>The first declared 2xx status.</summary>
    public int SuccessStatus => Replies.Count > 0 ? Replies[0].Status : 200;

    public ReplyShape? FindReply(int status)
    {
        foreach (var reply in Replies)
            if (reply.Status == status) return reply;
        return null;
    }

    public Parameter? FindQuery(string name)
    {
        foreach (var parameter in Parameters)
            if (parameter.In is ParameterPlace.Query && parameter.Name == name) return parameter;
        return null;
    }

    /// <summary>Names in braces, in the order of the path.</summary>
    public IReadOnlyList<string> PathNames { get; init; } = [];

    /// <summary>
    /// True when it answers with one thing: <c>/things/{id}</c>, or a face of it, <c>/things/{id}/face</c>, in whose envelope is no list.
    /// </summary>
    public bool IsOfOne => Path.EndsWith('}')
        || (PathNames.Count > 0 && FindReply(SuccessStatus)?.Json is { } reply
            && Envelope.Inside(reply) is { Items: null, HasProperties: true } inside && (inside != reply || Envelope.Item is null));

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>Where an operation is served: under the contract's root, at the host's root, or on the storage listener.</summary>
public enum OperationPlace { Root, Host, Storage }

/// <summary>How errors are written.</summary>
public enum ErrorStyle
{
    /// <summary>An <c>errors</c> array of code, title, detail, source and meta.</summary>
    Errors,
    /// <summary>The same, and <c>error</c> and <c>error_description</c> (RFC 6749 section 5.2) beside it.</summary>
    OAuth,
    /// <summary>The same, and a <c>detail</c> array of loc, msg and type beside it.</summary>
    Detail,
    /// <summary>The same, and an <c>error</c> of message, type, param and code beside it, as OpenAI's API writes it.</summary>
    OpenAi,
    /// <summary>An XML <c>Error</c> element.</summary>
    Xml,
    /// <summary>A page for the person whose browser asks.</summary>
    Page,
}

public enum ParameterPlace { Path, Query, Header, Body }

/// <param name="IsDeep">Written as name[key]=value.</param>
public sealed record Parameter(string Name, ParameterPlace In, bool IsRequired, bool IsDeep, Schema Schema)
{
    /// <summary>Filters have names that only the handler knows: it checks them itself.</summary>
    public bool IsOpen { get; init; }
}

public sealed record RequestBody(bool IsRequired, IReadOnlyList<MediaBody> Content)
{
    public MediaBody? Find(string mediaType)
    {
        foreach (var body in Content)
            if (body.MediaType == "*/*" || string.Equals(body.MediaType, mediaType, StringComparison.OrdinalIgnoreCase)) return body;
        return null;
    }
}

public sealed record MediaBody(string MediaType, Schema Schema);

/// <param name="Content">Empty when the reply has no body, or none that the contract describes.</param>
public sealed record ReplyShape(int Status, IReadOnlyList<MediaBody> Content)
{
    public Schema? Json
    {
        get
        {
            foreach (var body in Content)
                if (body.MediaType == "application/json") return body.Schema;
            return null;
        }
    }
}

/// <summary>A webhook event of the contract. <see cref="Types"/> are its event_type values, empty where the contract names none.</summary>
public sealed record ContractEvent(string Name, string Family, IReadOnlyList<string> Types, Schema Schema);
