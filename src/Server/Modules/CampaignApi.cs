using Ringwright.Delivery;

namespace Ringwright.Server.Modules;

/// <summary>An API of campaigns, lists and flows, as the demo asks it: a module's.</summary>
/// <param name="Name">Of its command.</param>
/// <param name="Root">With its last slash.</param>
/// <param name="Variables">What names of its variables begin with in flows.</param>
/// <param name="Events">What customers are told.</param>
internal sealed record CampaignApi(string Name, string Root, string Variables, IWebhookFormat Events);
