using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// The TeXML applications by which assistants are called: what a number leads to whose calls an assistant is to answer. One is made with
/// the assistant. From then on it is the account's like any other, and stays where it is when the assistant goes.
/// </summary>
internal static class AssistantApplications
{
    private const string Features = "enabled_features", ByPhone = "telephony";

    /// <summary>
    /// Where telephony is enabled, has the fields of an assistant name an application that is there: the one that they say, else one
    /// that was said before, by whatever version, else a new one.
    /// </summary>
    /// <param name="assistant">Its id.</param>
    /// <param name="before">What the assistant has said until now, the nearest first.</param>
    /// <returns>What is to be committed with the fields.</returns>
    public static async ValueTask<IReadOnlyList<NewRecord>> NameAsync(OperationContext op, string assistant, JsonObject fields,
        IReadOnlyList<JsonObject> before, AssistantParts parts)
    {
        if (!fields.Texts(Features).Contains(ByPhone)) return [];
        foreach (string known in before.Prepend(fields).SelectMany(Named))
        {
            if (!await ExistsAsync(op, known, parts)) continue;
            Put(fields, known);
            return [];
        }
        string id = op.Snowflakes.Next().ToString(CultureInfo.InvariantCulture);
        Put(fields, id);
        string url = parts.Voice.Links.Public.To(AssistantTexml.PathOf(assistant));
        return [TexmlApplications.New(op, id, $"ai-{assistant}", url, parts.Store)];
    }

    /// <summary>Has an assistant's document know what a version of it says, whether that is its main one or not.</summary>
    public static void Keep(JsonObject document, JsonObject version)
    {
        if (ApplicationOf(version) is { } named) document[AssistantRecords.Application] = named;
    }

    /// <summary>Has the fields say that the assistant is called.</summary>
    public static void Enable(JsonObject fields) => fields[Features] = new JsonArray(ByPhone);

    public static async ValueTask<bool> ExistsAsync(OperationContext op, string application, AssistantParts parts) =>
        await parts.Store.Connections.Rows(ConnectionKind.Document, TexmlApplications.View).FindAsync(op.Tenant, application, op.Stop)
            is not null;

    private static IEnumerable<string> Named(JsonObject said)
    {
        if (ApplicationOf(said) is { } own) yield return own;
        // A main version may know of none where another one does.
        if (said.Filled(AssistantRecords.Application) is { } last) yield return last;
    }

    private static string? ApplicationOf(JsonObject said) =>
        said.Child(AssistantBody.Telephony)?.Filled(AssistantBody.DefaultApplication);

    private static void Put(JsonObject fields, string application)
    {
        if (fields[AssistantBody.Telephony] is not JsonObject settings) fields[AssistantBody.Telephony] = settings = [];
        settings[AssistantBody.DefaultApplication] = application;
    }
}
