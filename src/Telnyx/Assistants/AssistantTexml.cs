using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Ringwright.Http;

namespace Ringwright.Telnyx.Assistants;

/// <summary>The document that connects a call with an assistant.</summary>
internal static class AssistantTexml
{
    private const string Id = AssistantRecords.AssistantId, Xml = "application/xml";

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

    internal static string DocumentOf(string assistant) => """<?xml version="1.0" encoding="UTF-8"?>""" + "\n"
        + new XElement("Response", new XElement("Connect", new XElement("AIAssistant", new XAttribute("id", assistant))));
}
