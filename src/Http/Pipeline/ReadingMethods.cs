using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>By which methods pages are read that are no operations: load balancers and browsers like to ask without a body.</summary>
public static class ReadingMethods
{
    public static IReadOnlyList<string> All { get; } = [HttpMethods.Get, HttpMethods.Head];
}
