using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// A server of chat completions that an account has named itself, in place of the node's: <c>external_llm</c> of newer clients, of an
/// assistant and of its <c>fallback_config</c>. It is under the target policy, as servers of tools are.
/// </summary>
internal static class ExternalModel
{
    public const string Field = "external_llm", KeyOf = "llm_api_key_ref";

    private const string Url = "base_url", Model = "model", TellsVariables = "forward_metadata", Manner = "authentication_method";
    private const int LongestUrl = 2_000;

    /// <summary>The last two the table of parameters refuses, where they ask for something.</summary>
    private static readonly string[] Known = [Url, Model, KeyOf, TellsVariables, Manner, "certificate_ref", "token_retrieval_url"];

    /// <summary>Null where there is none, or one without anything in it.</summary>
    public static JsonObject? Of(JsonObject? fields) =>
        fields?.Child(Field) is { } own && own.Any(member => member.Value is not null) ? own : null;

    /// <summary>The model that it is asked for; null without one.</summary>
    public static string? NameOf(JsonObject fields) => Of(fields)?.Filled(Model);

    /// <summary>What is wrong with it; null when nothing is. No schema has looked at it: the contract does not know it.</summary>
    /// <param name="fields">What it is a field of.</param>
    /// <param name="at">Where these stand: "" or "/fallback_config".</param>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject? fields, string at, AssistantParts parts)
    {
        string pointer = $"{at}/{Field}";
        if (fields?[Field] is not (null or JsonObject))
            return AssistantBody.At(pointer, VoiceErrors.BadRequest, $"{Field} must be an object.");
        if (Of(fields) is not { } own) return null;
        if (own.Filled(Url) is not { Length: <= LongestUrl } url || own.Filled(Model) is not { Length: <= AssistantBody.LongestName }
                || own[KeyOf] is not null && own.Text(KeyOf) is null)
            return AssistantBody.At(pointer, VoiceErrors.BadRequest, $"{Field} must have a {Url}, of at most {LongestUrl} characters, and "
                + $"a {Model}, of at most {AssistantBody.LongestName}, and may have an {KeyOf}.");
        if (own[TellsVariables] is { } tells && tells.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            return AssistantBody.At($"{pointer}/{TellsVariables}", VoiceErrors.BadRequest, $"{TellsVariables} must be true or false.");
        if (own.Filled(Manner) is not (null or "token"))
            return AssistantBody.At($"{pointer}/{Manner}", VoiceErrors.BadRequest,
                $"10041: servers of models that want a certificate are not built yet: {Manner} may be token.");
        if (own.Where(member => member.Value is not null).Select(member => member.Key).FirstOrDefault(name => !Known.Contains(name))
            is { } other)
            return AssistantBody.At($"{pointer}/{other}", VoiceErrors.BadRequest, $"{Field} has no {other}.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.UserInfo.Length + address.Query.Length > 0
                || address.Fragment.Length > 0)
            return AssistantBody.At($"{pointer}/{Url}", VoiceErrors.InvalidUrl,
                $"{Url} must be an http or https URL without user, query or fragment.");
        return await AssistantBody.CheckUrlAsync(op, url, $"{pointer}/{Url}", parts);
    }

    /// <summary>The same in the words of agents, with the secret's name in the place of the key.</summary>
    public static JsonObject Write(JsonObject own)
    {
        var written = new JsonObject { ["base_url"] = own.Text(Url), [ToolSecrets.ModelName] = own.Text(Model) };
        if (own.Flag(TellsVariables, fallback: false)) written["tells_variables"] = true;
        if (own.Filled(KeyOf) is { } secret) written[ToolSecrets.ModelKeyOf] = secret;
        return written;
    }
}
