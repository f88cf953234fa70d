using Ringwright.Delivery;

namespace Ringwright.Server.Modules;

/// <summary>An API of calls that documents command, as the demo asks it: a module's.</summary>
/// <param name="Name">Of its command.</param>
/// <param name="Root">With its last slash.</param>
/// <param name="KeyHeader">In which it takes an account's key.</param>
/// <param name="Callbacks">What customers are told.</param>
internal sealed record CallApi(string Name, string Root, string KeyHeader, IWebhookFormat Callbacks);
