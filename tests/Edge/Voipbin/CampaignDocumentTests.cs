using System.Text.Json.Nodes;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>What whoever dials reads of a campaign's document.</summary>
public sealed class CampaignDocumentTests
{
    /// <summary>As another version, or a hand, may have written them: those that can be read are not all that was meant.</summary>
    [Theory]
    [InlineData("""[{"days":["mon"],"start":"09:00","end":"17:00"}]""", false)]
    [InlineData("""[{"days":["monday"],"start":"09:00","end":"17:00"}]""", true)]
    [InlineData("""[{"days":["mon"],"start":"09:00","end":"17:00"},{"days":["tue"],"start":"9","end":"17:00"}]""", true)]
    [InlineData("null", false)]
    public void Windows_that_nobody_can_read_open_nothing(string windows, bool isUnreadable)
    {
        var terms = CampaignDocument.TermsOf(new() { [CampaignDocument.Plan] = new JsonObject { ["windows"] = JsonNode.Parse(windows) } });
        Assert.Equal(isUnreadable, terms.HasUnreadableRules);
    }
}
