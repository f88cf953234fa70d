using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Ringwright.Http;

namespace Ringwright.Telnyx.Assistants;

/// <summary>The document that connects a call with an assistant.</summary>
internal static class AssistantTexml
{
    public const string Xml = "application/xml";
    private const string Id = AssistantRecords.AssistantId;

    /// <summary>As a JSON string, or as it is for whoever accepts XML and no JSON.</summary>
    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts)
    {
        if (!await AssistantRecords.ExistsAsync(op, op.Path(Id), parts.Store)) return op.Unknown(Id);
        string text = DocumentOf(op.Path(Id));
        string accepted = op.Header("accept") ?? "";
        bool isXml = accepted.Contains("xml", StringComparison.OrdinalIgnoreCase)
            && !accepted.Contains("json", StringComparison.OrdinalIgnoreCase);
        return isXml ? op.Raw(200, Xml, Encoding.UTF8.GetBytes(text)) : op.Bare(200, (JsonNode)text);
    }

    /// <summary>Where it is, escaped.</summary>
    public static string PathOf(string assistant) => $"{TelnyxDialect.Root}/ai/assistants/{assistant}/texml";

    /// <summary>
    /// The document that is at a URL; null where no assistant can have one. Which host it names does not count: the node may have had
    /// another name when it was written down, and elsewhere nobody gets such a document without a key. Whose the assistant has to be, the
    /// document's verb says.
    /// </summary>
    public static string? DocumentAt(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.AbsolutePath.Split('/') is [.., "v2", "ai", "assistants", var assistant, "texml"] && AssistantRecords.IsId(assistant)
            ? DocumentOf(assistant) : null;

    internal static string DocumentOf(string assistant) => """<?xml version="1.0" encoding="UTF-8"?>""" + "\n"
        + new XElement("Response", new XElement("Connect", new XElement("AIAssistant", new XAttribute("id", assistant))));
}
