using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Ringwright.Architecture;

/// <summary>One compiled project, read as metadata: what it really refers to, whatever its sources look like.</summary>
internal sealed class CompiledProject : IDisposable
{
    private readonly PEReader _file;

    private CompiledProject(string name, PEReader file)
    {
        Name = name;
        _file = file;
        Reader = file.GetMetadataReader();
    }

    public string Name { get; }
    public MetadataReader Reader { get; }

    public static CompiledProject Open(string project)
    {
        string file = project == "Server" ? "ringwright.dll" : $"Ringwright.{project}.dll";
        return new(project, new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, file))));
    }

    /// <summary>Our own projects that the assembly uses.</summary>
    public IEnumerable<string> References() =>
        from handle in Reader.AssemblyReferences
        let name = Reader.GetString(Reader.GetAssemblyReference(handle).Name)
        where name.StartsWith("Ringwright.", StringComparison.Ordinal)
        select name["Ringwright.".Length..];

    /// <summary>Types of other assemblies that are used, as (assembly, namespace, name).</summary>
    public IEnumerable<(string Assembly, string Namespace, string Name)> TypeReferences()
    {
        foreach (var handle in Reader.TypeReferences)
        {
            var type = Reader.GetTypeReference(handle);
            var outermost = type;
            while (outermost.ResolutionScope.Kind is HandleKind.TypeReference)
                outermost = Reader.GetTypeReference((TypeReferenceHandle)outermost.ResolutionScope);
            if (outermost.ResolutionScope.Kind is not HandleKind.AssemblyReference) continue;
            string assembly = Reader.GetString(Reader.GetAssemblyReference((AssemblyReferenceHandle)outermost.ResolutionScope).Name);
            yield return (assembly, Reader.GetString(outermost.Namespace), Reader.GetString(type.Name));
        }
    }

    /// <summary>Members of other assemblies' types that are used, as Namespace.Type.Member.</summary>
    public IEnumerable<string> MemberReferences()
    {
        foreach (var handle in Reader.MemberReferences)
        {
            var member = Reader.GetMemberReference(handle);
            if (member.Parent.Kind is not HandleKind.TypeReference) continue;
            var type = Reader.GetTypeReference((TypeReferenceHandle)member.Parent);
            yield return $"{Reader.GetString(type.Namespace)}.{Reader.GetString(type.Name)}.{Reader.GetString(member.Name)}";
        }
    }

    /// <summary>Types that the compiler made for async bodies, by the type that they came from.</summary>
    public IEnumerable<string> AsyncBodies()
    {
        foreach (var handle in Reader.TypeDefinitions)
        {
            var type = Reader.GetTypeDefinition(handle);
            foreach (var implemented in type.GetInterfaceImplementations())
            {
                var contract = Reader.GetInterfaceImplementation(implemented).Interface;
                if (contract.Kind is HandleKind.TypeReference
                        && Reader.GetString(Reader.GetTypeReference((TypeReferenceHandle)contract).Name) == "IAsyncStateMachine")
                    yield return NameOf(type);
            }
        }
    }

    /// <summary>Types with methods of native libraries.</summary>
    public IEnumerable<string> NativeCallers() =>
        from handle in Reader.MethodDefinitions
        let method = Reader.GetMethodDefinition(handle)
        where (method.Attributes & System.Reflection.MethodAttributes.PinvokeImpl) != 0
        select NameOf(Reader.GetTypeDefinition(method.GetDeclaringType()));

    public void Dispose() => _file.Dispose();

    private string NameOf(TypeDefinition type)
    {
        var outer = type;
        string name = Reader.GetString(type.Name);
        while (!outer.GetDeclaringType().IsNil)
        {
            outer = Reader.GetTypeDefinition(outer.GetDeclaringType());
            name = $"{Reader.GetString(outer.Name)}.{name}";
        }
        return $"{Reader.GetString(outer.Namespace)}.{name}";
    }
}
